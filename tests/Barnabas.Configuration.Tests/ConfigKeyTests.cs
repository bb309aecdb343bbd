namespace Barnabas.Configuration.Tests;

public class ConfigKeyTests
{
    [Theory]
    [InlineData("delete.topic.enable", " TRUE ", "true")]
    [InlineData("num.partitions", " 12\t", "12")]
    [InlineData("num.partitions", "+12", "12")]
    [InlineData("log.retention.bytes", "-1", "-1")]
    [InlineData("log.cleanup.policy", " compact , delete ", "compact,delete")]
    [InlineData("log.cleanup.policy", "delete,delete", "delete")]
    [InlineData("log.cleanup.policy", "", "")]
    [InlineData("log.cleaner.min.cleanable.ratio", "0.75d", "0.75")]
    [InlineData("log.cleaner.min.cleanable.ratio", "1", "1.0")]
    [InlineData("log.cleaner.io.max.bytes.per.second", "1e9", "1.0E9")]
    [InlineData("log.cleaner.io.max.bytes.per.second", "12345678.5", "1.23456785E7")]
    [InlineData("log.cleaner.io.max.bytes.per.second", "0.0001", "1.0E-4")]
    [InlineData("log.cleaner.io.max.bytes.per.second", "123456.75", "123456.75")]
    [InlineData("group.consumer.migration.policy", "UpGrade", "UpGrade")]
    [InlineData("compression.gzip.level", "-1", "-1")]
    [InlineData("controller.quorum.voters", "1@a:1,2@[::1]:2", "1@a:1,2@[::1]:2")]
    public void A_value_is_read_and_printed_as_Kafka_does(string name, string text, string printed)
    {
        ConfigKey key = ConfigTables.Broker.Find(name)!;
        Assert.True(key.TryParse(text, out object? value, out string? problem), problem);
        Assert.Equal(printed, key.Print(value));
    }

    [Theory]
    [InlineData("delete.topic.enable", "yes", "Expected value to be either true or false")]
    [InlineData("num.partitions", "0", "Value must be at least 1, allowed: [1,...]")]
    [InlineData("num.partitions", "2147483648", "Not a number of type INT (-2147483648 to 2147483647)")]
    [InlineData("num.partitions", "1 2", "Not a number of type INT")]
    [InlineData("num.partitions", "", "Not a number of type INT")]
    [InlineData("offsets.topic.replication.factor", "40000", "Not a number of type SHORT")]
    [InlineData("log.cleaner.min.cleanable.ratio", "1.5", "Value must be no more than 1, allowed: [0,...,1]")]
    [InlineData("compression.gzip.level", "0", "Value must be at least 1, allowed: [1,...,9] or -1")]
    [InlineData("compression.type", "brotli", "String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer")]
    [InlineData("log.cleanup.policy", "keep", "String must be one of: compact, delete")]
    [InlineData("controller.quorum.voters", "1@a", "{id}@{host}:{port}")]
    [InlineData("controller.quorum.bootstrap.servers", "a:99999", "{host}:{port}")]
    public void A_wrong_value_is_refused_with_key_value_and_range(string name, string text, string reason)
    {
        ConfigKey key = ConfigTables.Broker.Find(name)!;
        Assert.False(key.TryParse(text, out _, out string? problem));
        Assert.Contains($"Invalid value {text} for configuration {name}: ", problem, StringComparison.Ordinal);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listeners", "", "must not be empty")]
    [InlineData("process.roles", "", "Valid values include: [broker, controller]")]
    [InlineData("log.dirs", "/a,,/b", "values must not be empty")]
    public void A_list_without_content_is_refused(string name, string text, string reason)
    {
        Assert.False(ConfigTables.Broker.Find(name)!.TryParse(text, out _, out string? problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.Contains(name, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("share.auto.offset.reset", "by_duration:P1DT2H3M4.5S", true)]
    [InlineData("share.auto.offset.reset", "by_duration:PT1H", true)]
    [InlineData("share.auto.offset.reset", "by_duration:P1D", true)]
    [InlineData("share.auto.offset.reset", "earliest", true)]
    [InlineData("share.auto.offset.reset", "by_duration:P1M", false)]
    [InlineData("share.auto.offset.reset", "by_duration:P", false)]
    [InlineData("share.auto.offset.reset", "by_duration:PT", false)]
    [InlineData("share.auto.offset.reset", "by_duration:-PT1H", false)]
    [InlineData("share.auto.offset.reset", "soon", false)]
    public void Where_a_share_group_begins_is_checked(string name, string text, bool allowed) =>
        Assert.Equal(allowed, ConfigTables.Group.Find(name)!.TryParse(text, out _, out _));

    [Theory]
    [InlineData("*", true)]
    [InlineData("", true)]
    [InlineData("0:1,1:2", true)]
    [InlineData("0:1,*", false)]
    [InlineData("0", false)]
    [InlineData("a:b", false)]
    public void Throttled_replicas_are_pairs_or_a_star(string text, bool allowed) =>
        Assert.Equal(
            allowed,
            ConfigTables.Topic.Find("leader.replication.throttled.replicas")!.TryParse(text, out _, out _));

    [Fact]
    public void Secrets_are_never_shown()
    {
        ConfigKey key = ConfigTables.Broker.Find("ssl.keystore.password")!;
        Assert.True(key.TryParse("hush", out object? value, out _));
        Assert.Null(key.Print(value));
        Assert.DoesNotContain("hush", key.Shown(value), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_default_meets_its_own_rule()
    {
        foreach (ConfigTable table in (ConfigTable[])[ConfigTables.Broker, ConfigTables.Topic, ConfigTables.Group])
        {
            foreach (ConfigKey key in table.Keys.Where(key => key.Default is not null))
            {
                Assert.Null(key.Rule?.Check(key, key.Default));
            }
        }
    }
}
