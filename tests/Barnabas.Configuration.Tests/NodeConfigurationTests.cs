namespace Barnabas.Configuration.Tests;

public class NodeConfigurationTests
{
    private const string Single = """
        process.roles=broker,controller
        node.id=1
        listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
        controller.listener.names=CONTROLLER
        controller.quorum.voters=1@localhost:9093
        log.dirs=/data/a,/data/b

        """;

    [Fact]
    public void A_single_node_is_read()
    {
        NodeConfiguration node = Read(Single);
        Assert.Equal(ProcessRoles.Broker | ProcessRoles.Controller, node.Roles);
        Assert.Equal(1, node.NodeId);
        Assert.Equal(["/data/a", "/data/b"], node.LogDirectories);
        Assert.Equal("/data/a", node.MetadataLogDirectory);
        Assert.Equal([new QuorumVoter(1, new HostAndPort("localhost", 9093))], node.Voters);
        Assert.Equal(
            [new ListenerEndpoint("PLAINTEXT", SecurityProtocol.Plaintext, "localhost", 9092)],
            node.AdvertisedListeners);
        Assert.Equal("CONTROLLER", Assert.Single(node.AdvertisedControllerListeners).Name);
        Assert.Empty(node.KeysWithoutEffect);
    }

    [Fact]
    public void Everything_wrong_is_told_at_once_in_the_order_of_the_lines()
    {
        NodeConfigurationResult result =
            Parse(Single + "num.partitions=0\nlog.retention.ms=abc\nmessage.max.bytes=-1\n");
        Assert.Null(result.Configuration);
        Assert.Equal(["num.partitions", "log.retention.ms", "message.max.bytes"], result.Problems.Select(p => p.Key));
        Assert.Equal([7, 8, 9], result.Problems.Select(p => p.Line));
        Assert.Equal(
            "line 7: Invalid value 0 for configuration num.partitions: Value must be at least 1, allowed: [1,...]",
            result.Problems[0].ToString());
    }

    [Fact]
    public void An_override_wins_and_has_no_line()
    {
        PropertiesFile file = PropertiesFile.Parse(Single + "num.partitions=3");
        Assert.Equal(5, NodeConfiguration.Parse(file, Override("num.partitions", "5")).Configuration!
            .TopicCreation.PartitionCountDefault);
        ConfigProblem problem = Assert.Single(NodeConfiguration.Parse(file, Override("num.partitions", "x")).Problems);
        Assert.Null(problem.Line);
    }

    [Fact]
    public void Missing_keys_are_named()
    {
        NodeConfigurationResult result = Parse("log.dirs=/data");
        Assert.Equal(
            ["controller.listener.names", "node.id", "process.roles"],
            result.Problems.Select(problem => problem.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ZooKeeper_gets_one_clear_answer()
    {
        NodeConfigurationResult result = Parse("broker.id=0\nzookeeper.connect=localhost:2181\nlog.dirs=/data");
        ConfigProblem problem = Assert.Single(result.Problems);
        Assert.Equal(2, problem.Line);
        Assert.Contains("ZooKeeper", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Config_providers_get_one_clear_answer()
    {
        NodeConfigurationResult result = Parse(Single + "config.providers=env\nnum.partitions=${env:PARTITIONS}\n");
        ConfigProblem problem = Assert.Single(result.Problems);
        Assert.Equal("config.providers", problem.Key);
        Assert.Contains("config providers cannot be fetched yet", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("broker.id=2", "broker.id", "must be the same")]
    [InlineData("listeners=PLAINTEXT://localhost", "listeners", "Expected NAME://host:port")]
    [InlineData("listeners=PLAINTEXT://:70000,CONTROLLER://:1", "listeners", "port from 0 to 65535")]
    [InlineData("listeners=A://:1,CONTROLLER://:2", "listeners", "No security protocol defined for listener A")]
    [InlineData("listeners=PLAINTEXT://:1,CONTROLLER://:1", "listeners", "different port")]
    [InlineData("listeners=PLAINTEXT://:1,PLAINTEXT://:2,CONTROLLER://:3", "listeners", "different name")]
    [InlineData("listeners=SSL://:1,CONTROLLER://:2\nlistener.security.protocol.map=SSL:SSL,CONTROLLER:PLAINTEXT\n"
        + "inter.broker.listener.name=SSL", "listeners", "not supported yet")]
    [InlineData("listener.security.protocol.map=PLAINTEXT:QUIC", "listener.security.protocol.map", "must be one of")]
    [InlineData("advertised.listeners=PLAINTEXT://0.0.0.0:1", "advertised.listeners", "0.0.0.0")]
    [InlineData("advertised.listeners=SSL://a:1", "inter.broker.listener.name", "must be one of the advertised")]
    [InlineData("listeners=CONTROLLER://:2", "listeners", "at least one advertised listener")]
    [InlineData("controller.listener.names=CONTROLLER,OTHER", "controller.listener.names", "OTHER does not")]
    [InlineData("inter.broker.listener.name=NONE", "inter.broker.listener.name", "not found")]
    [InlineData("inter.broker.listener.name=PLAINTEXT\nsecurity.inter.broker.protocol=PLAINTEXT",
        "inter.broker.listener.name", "Only one of")]
    [InlineData("controller.quorum.voters=2@a:1", "controller.quorum.voters", "node 1 must be one of")]
    [InlineData("controller.quorum.voters=1@a:1,2@b:1", "controller.quorum.voters", "not supported yet")]
    [InlineData("controller.quorum.voters=", "controller.quorum.voters", "must say where the quorum is")]
    [InlineData("process.roles=broker\ncontroller.quorum.voters=2@a:1\nlisteners=PLAINTEXT://:1", "process.roles",
        "both broker and controller")]
    [InlineData("log.retention.ms=0", "log.retention.ms", "-1 (for ever) or [1,...]")]
    [InlineData("log.retention.minutes=0", "log.retention.minutes", "-1 (for ever) or [1,...]")]
    [InlineData("log.roll.ms=0", "log.roll.ms", "[1,...]")]
    [InlineData("max.connections.per.ip=0", "max.connections.per.ip", "only if")]
    [InlineData("max.connections.per.ip.overrides=a", "max.connections.per.ip.overrides", "host:number")]
    [InlineData("authorizer.class.name=x", "authorizer.class.name", "every client could do everything")]
    [InlineData("remote.log.storage.system.enable=true", "remote.log.storage.system.enable", "no remote storage")]
    [InlineData("group.consumer.heartbeat.interval.ms=50000\ngroup.consumer.max.heartbeat.interval.ms=60000",
        "group.consumer.heartbeat.interval.ms", "must be less than group.consumer.session.timeout.ms")]
    [InlineData("group.share.heartbeat.interval.ms=50000", "group.share.heartbeat.interval.ms", "less than or equal")]
    [InlineData("group.streams.session.timeout.ms=1", "group.streams.session.timeout.ms", "greater than or equal")]
    [InlineData("create.topic.policy.class.name=x", "create.topic.policy.class.name", "Java plug-ins")]
    public void Keys_that_do_not_fit_together_are_refused(string lines, string key, string reason)
    {
        NodeConfigurationResult result = Parse(Single + lines);
        Assert.Null(result.Configuration);
        Assert.Contains(
            result.Problems,
            problem => problem.Key == key && problem.Message.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("broker.id=1")]
    [InlineData("listeners=PLAINTEXT://127.0.0.1:1,B://[::1]:1,CONTROLLER://:2\n"
        + "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,B:PLAINTEXT,CONTROLLER:PLAINTEXT")]
    [InlineData("listeners=PLAINTEXT://:0,CONTROLLER://:0")]
    [InlineData("max.connections.per.ip=0\nmax.connections.per.ip.overrides=127.0.0.1:7,::1:8,host:9")]
    [InlineData("log.retention.ms=-1")]
    [InlineData("inter.broker.listener.name=PLAINTEXT")]
    [InlineData("principal.builder.class=org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder")]
    public void Keys_that_fit_together_are_accepted(string lines) => Assert.Empty(Parse(Single + lines).Problems);

    [Theory]
    [InlineData("log.retention.hours=2", 120)]
    [InlineData("log.retention.hours=2\nlog.retention.minutes=7", 7)]
    [InlineData("log.retention.hours=2\nlog.retention.minutes=7\nlog.retention.ms=60000", 1)]
    [InlineData("", 168 * 60)]
    public void The_finest_unit_of_retention_counts(string lines, int minutes)
    {
        TopicSettings topic = TopicSettings.From(new Dictionary<string, string>(), Read(Single + lines).Values);
        Assert.Equal(TimeSpan.FromMinutes(minutes), topic.Retention);
    }

    [Fact]
    public void Negative_retention_is_for_ever()
    {
        ConfigValues values = Read(Single + "log.retention.hours=-1").Values;
        Assert.Null(TopicSettings.From(new Dictionary<string, string>(), values).Retention);
        Assert.Equal(-1L, TopicSynonyms.DefaultOf(TopicKeys.RetentionMs, values));
    }

    [Fact]
    public void Keys_without_effect_and_unknown_keys_are_told()
    {
        NodeConfigurationResult result = Parse(Single + "num.io.threads=4\nmy.key=1\nlistener.name.x.ssl.protocol=y\n");
        Assert.Equal(["num.io.threads"], result.Configuration!.KeysWithoutEffect);
        Assert.Equal("my.key", Assert.Single(result.Notes).Key);
        Assert.Equal("1", result.Configuration.Written["my.key"]);
    }

    [Fact]
    public void A_controller_that_listens_everywhere_is_reached_where_the_voters_have_it()
    {
        NodeConfiguration node = Read(Single + "listeners=PLAINTEXT://:1,CONTROLLER://0.0.0.0:2");
        Assert.Equal(
            new ListenerEndpoint("CONTROLLER", SecurityProtocol.Plaintext, "localhost", 9093),
            Assert.Single(node.AdvertisedControllerListeners));
        Assert.Null(node.AdvertisedListeners[0].Host);
    }

    [Fact]
    public void Settings_have_Kafkas_defaults()
    {
        NodeConfiguration node = Read(Single);
        Assert.Equal(104_857_600, node.Network.RequestBytesMax);
        Assert.Equal(TimeSpan.FromMinutes(10), node.Network.ConnectionIdleMax);
        Assert.Equal(TimeSpan.FromSeconds(3), node.Groups.InitialRebalanceDelay);
        Assert.Equal(50, node.Groups.OffsetsTopicPartitionCount);
        Assert.Equal(TimeSpan.FromSeconds(9), node.Quorum.BrokerSessionTimeout);
        Assert.Equal(TimeSpan.FromMinutes(5), node.LogUpkeep.RetentionCheckInterval);
        Assert.Null(node.MetricsListener);
    }

    private static NodeConfigurationResult Parse(string text) => NodeConfiguration.Parse(PropertiesFile.Parse(text));

    private static NodeConfiguration Read(string text)
    {
        NodeConfigurationResult result = Parse(text);
        Assert.Empty(result.Problems);
        return result.Configuration!;
    }

    private static Dictionary<string, string> Override(string key, string value) => new() { [key] = value };
}
