namespace Barnabas.Configuration.Tests;

public class DynamicConfigTests
{
    private const string Single = """
        process.roles=broker,controller
        node.id=1
        controller.listener.names=CONTROLLER
        listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
        controller.quorum.voters=1@localhost:9093

        """;

    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void The_strongest_layer_counts()
    {
        BrokerConfigs broker = Broker("log.segment.bytes=2000000").With(
            new Dictionary<string, string> { ["log.segment.bytes"] = "3000000", ["log.retention.bytes"] = "5" },
            new Dictionary<string, string> { ["log.segment.bytes"] = "4000000" });

        TopicSettings topic = TopicSettings.From(None, broker.Values);
        Assert.Equal(4_000_000, topic.SegmentBytesMax);
        Assert.Equal(5, topic.RetentionBytes);
        Assert.Equal(
            6_000_000,
            TopicSettings.From(
                new Dictionary<string, string> { ["segment.bytes"] = "6000000" },
                broker.Values).SegmentBytesMax);
    }

    [Fact]
    public void A_topic_value_is_told_with_all_places_it_could_come_from()
    {
        BrokerConfigs broker = Broker("log.segment.bytes=2000000").With(
            new Dictionary<string, string> { ["log.segment.bytes"] = "3000000" },
            new Dictionary<string, string> { ["log.segment.bytes"] = "4000000" });
        Dictionary<string, string> overrides = new() { ["segment.bytes"] = "5000000" };

        ConfigEntry entry = Topic("segment.bytes", overrides, broker);
        Assert.Equal("5000000", entry.Value);
        Assert.Equal(ConfigSource.TopicConfig, entry.Source);
        Assert.Equal(
            [
                new ConfigSynonym("segment.bytes", "5000000", ConfigSource.TopicConfig),
                new ConfigSynonym("log.segment.bytes", "4000000", ConfigSource.DynamicBrokerConfig),
                new ConfigSynonym("log.segment.bytes", "3000000", ConfigSource.DynamicDefaultBrokerConfig),
                new ConfigSynonym("log.segment.bytes", "2000000", ConfigSource.StaticBrokerConfig),
                new ConfigSynonym("log.segment.bytes", "1073741824", ConfigSource.DefaultConfig),
            ],
            entry.Synonyms);
    }

    [Fact]
    public void A_default_in_another_unit_is_told_as_Kafka_tells_it()
    {
        // Kafka lists synonyms from the first that has the strongest broker key's own name; log.retention.ms has none.
        ConfigEntry entry = Topic("retention.ms", None, Broker("log.retention.hours=24"));
        Assert.Equal("86400000", entry.Value);
        Assert.Equal(ConfigSource.DefaultConfig, entry.Source);
        Assert.Empty(entry.Synonyms);
    }

    [Fact]
    public void Internal_keys_are_listed_only_when_they_are_set()
    {
        BrokerConfigs broker = Broker("");
        Assert.DoesNotContain(
            ConfigDescriber.DescribeTopic(None, broker),
            entry => entry.Name == "internal.segment.bytes");
        Dictionary<string, string> overrides = new() { ["internal.segment.bytes"] = "100" };
        Assert.Equal("100", Topic("internal.segment.bytes", overrides, broker).Value);
        Assert.Equal(100, TopicSettings.From(overrides, broker.Values).SegmentBytesMax);
    }

    [Fact]
    public void A_broker_tells_unknown_keys_by_name_only()
    {
        IReadOnlyList<ConfigEntry> entries = ConfigDescriber.DescribeBroker(Broker("my.secret=1"));
        ConfigEntry unknown = Assert.Single(entries, entry => entry.Name == "my.secret");
        Assert.Null(unknown.Value);
        Assert.True(unknown.IsSensitive);
        ConfigEntry id = Assert.Single(entries, entry => entry.Name == "broker.id");
        Assert.Equal(("1", ConfigSource.StaticBrokerConfig, true), (id.Value, id.Source, id.IsReadOnly));
    }

    [Fact]
    public void The_resource_of_all_brokers_tells_only_what_is_set_for_all()
    {
        BrokerConfigs broker = Broker("log.segment.bytes=2000000")
            .With(new Dictionary<string, string> { ["log.retention.bytes"] = "7" }, None);
        ConfigEntry entry = Assert.Single(ConfigDescriber.DescribeDefaults(broker));
        Assert.Equal(("log.retention.bytes", "7"), (entry.Name, entry.Value));
        Assert.Equal(ConfigSource.DynamicDefaultBrokerConfig, entry.Source);
    }

    [Fact]
    public void A_group_takes_its_defaults_from_the_broker()
    {
        BrokerConfigs broker = Broker("group.consumer.session.timeout.ms=50000");
        ConfigEntry entry = Assert.Single(
            ConfigDescriber.DescribeGroup(None, broker),
            entry => entry.Name == "consumer.session.timeout.ms");
        Assert.Equal(("50000", ConfigSource.StaticBrokerConfig), (entry.Value, entry.Source));
        ConfigEntry assignor = Assert.Single(
            ConfigDescriber.DescribeGroup(None, broker),
            entry => entry.Name == "streams.assignor.name");
        Assert.Equal("sticky", assignor.Value);
    }

    [Theory]
    [InlineData("no.such.key", "1", "Unknown topic config name: no.such.key")]
    [InlineData(
        "segment.bytes",
        "1",
        "Invalid value 1 for configuration segment.bytes: Value must be at least 1048576")]
    [InlineData("min.compaction.lag.ms", "9223372036854775807", null)]
    [InlineData(
        "max.compaction.lag.ms",
        "5",
        "conflict topic config setting min.compaction.lag.ms (9) > max.compaction.lag.ms (5)")]
    [InlineData("remote.storage.enable", "true", "Tiered Storage functionality is disabled")]
    public void A_topic_is_judged_in_Kafkas_words(string name, string value, string? expected)
    {
        Dictionary<string, string> overrides = new() { ["min.compaction.lag.ms"] = "9" };
        overrides[name] = value;
        IReadOnlyList<string> problems = TopicConfigs.Check(overrides, ConfigValues.Defaults);
        if (expected is null)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.Contains(expected, Assert.Single(problems), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("no.such.key", "1", "Unknown group config name: no.such.key")]
    [InlineData(
        "consumer.session.timeout.ms",
        "1000",
        "must be greater than or equal to group.consumer.min.session.timeout.ms")]
    [InlineData(
        "share.record.lock.duration.ms",
        "70000",
        "must be less than or equal to group.share.max.record.lock.duration.ms")]
    public void A_group_is_judged_by_the_bounds_of_the_broker(string name, string value, string expected)
    {
        Dictionary<string, string> overrides = new() { [name] = value };
        Assert.Contains(
            expected,
            Assert.Single(GroupConfigs.Check(overrides, ConfigValues.Defaults)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node.id", "2", true, "Cannot update these configs dynamically: [node.id]")]
    [InlineData("listeners", "PLAINTEXT://:1", false, "broker id must be specified: [listeners]")]
    [InlineData("listeners", "PLAINTEXT://:1", true, null)]
    [InlineData("log.segment.bytes", "5", false, "Value must be at least 1048576")]
    [InlineData("ssl.keystore.location", "/k", true, "only per-listener using the listener prefix")]
    [InlineData("listener.name.x.ssl.keystore.location", "/k", true, null)]
    [InlineData("listener.name.x.ssl.keystore.location", "/k", false, "broker id must be specified")]
    [InlineData("my.own.key", "x", false, null)]
    public void A_dynamic_layer_is_judged_in_Kafkas_words(
        string name,
        string value,
        bool forOneBroker,
        string? expected)
    {
        IReadOnlyList<string> problems =
            BrokerConfigs.CheckLayer(new Dictionary<string, string> { [name] = value }, forOneBroker);
        if (expected is null)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.Contains(expected, Assert.Single(problems), StringComparison.Ordinal);
        }
    }

    private static ConfigEntry Topic(string name, Dictionary<string, string> overrides, BrokerConfigs broker) =>
        Assert.Single(ConfigDescriber.DescribeTopic(overrides, broker), entry => entry.Name == name);

    private static BrokerConfigs Broker(string lines)
    {
        NodeConfigurationResult result = NodeConfiguration.Parse(PropertiesFile.Parse(Single + lines));
        Assert.Empty(result.Problems);
        return BrokerConfigs.Of(result.Configuration!);
    }
}
