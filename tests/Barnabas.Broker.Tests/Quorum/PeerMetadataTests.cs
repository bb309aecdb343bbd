using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Platform;
using Barnabas.Simulation;

namespace Barnabas.Broker.Tests;

/// <summary>
/// Directories go to and fro between this node and Apache Kafka. The node lives in a simulated world, but on the real
/// disk.
/// </summary>
[Trait("Category", "Peer")]
public sealed class PeerMetadataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("barnabas-peer").FullName;
    private readonly SimulatedWorld _world = new(1);
    private readonly SimulatedNode _machine;

    public PeerMetadataTests()
    {
        _machine = _world.AddNode("a");
    }

    private string Data => Path.Combine(_folder, "data");

    private string MetadataLog => Path.Combine(Data, "__cluster_metadata-0");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PeerFact]
    public void A_directory_formatted_here_is_served_by_Kafka_4_4_and_comes_back() => FormatServeReturn("4.4.0", true);

    [PeerFact]
    public void A_dynamic_quorum_formatted_here_is_served_by_Kafka_4_4_and_comes_back() =>
        FormatServeReturn("4.4.0", false);

    [PeerFact]
    public void A_directory_of_release_4_3_formatted_here_is_served_by_Kafka_4_3_and_comes_back() =>
        FormatServeReturn("4.3.1", true, release: "4.3");

    [PeerFact]
    public void A_directory_formatted_by_Kafka_starts_here()
    {
        (int exit, string output) = ApacheKafka.Run(
            "4.4.0",
            "kafka.tools.StorageTool",
            "format", "-t", QuorumNode.ClusterId, "-c", WriteProperties(isStatic: true),
            "--add-scram", "SCRAM-SHA-512=[name=bob,password=bob-secret]");
        Assert.True(exit == 0, output);

        QuorumNode node = StartHere(isStatic: true);

        Assert.Equal(33, node.Image.Version!.Value.Level);
        Assert.Equal("bob", Assert.Single(node.Image.ScramCredentials).Value.Name);
        Assert.Equal(0, node.CreateTopic("a").ErrorCode);
    }

    [PeerFact]
    public void Kafka_reads_log_and_snapshot_written_here()
    {
        NodeSeams seams = Seams();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Data));
        MetadataQuorumOptions options = QuorumNode.Options() with { SnapshotAfterBytes = 1_500 };
        QuorumNode node = QuorumNode.Start(_world, seams, Data, options);
        for (int topic = 0; topic < 12; topic++)
        {
            Assert.Equal(0, node.CreateTopic($"topic-{topic}", 2).ErrorCode);
        }

        node.Shutdown();
        string snapshot = Directory.EnumerateFiles(MetadataLog, "*.checkpoint").Order(StringComparer.Ordinal).Last();
        Assert.DoesNotContain("00000000000000000000-", snapshot, StringComparison.Ordinal);
        string log = Path.Combine(MetadataLog, "00000000000000000000.log");

        string dump = ApacheKafka.Run(
            "4.3.1",
            "org.apache.kafka.tools.DumpLogSegments",
            "--cluster-metadata-decoder", "--files", $"{log},{snapshot}").Output;

        Assert.Contains("LeaderChange", dump, StringComparison.Ordinal);
        Assert.Contains("SnapshotHeader", dump, StringComparison.Ordinal);
        Assert.Contains("SnapshotFooter", dump, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"topic-11\"", dump, StringComparison.Ordinal);
        Assert.Contains("REGISTER_BROKER_RECORD", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("isvalid: false", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("Could not", dump, StringComparison.Ordinal);
    }

    private void FormatServeReturn(string version, bool isStatic, string? release = null)
    {
        NodeSeams seams = Seams();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time)
            .Format(QuorumNode.Format(Data, isStatic, release));
        QuorumNode node = QuorumNode.Start(_world, seams, Data, QuorumNode.Options(isStatic));
        Uuid id = node.CreateTopic("ours", 3).TopicId;
        node.Shutdown();
        _machine.Stop(SimulatedEnd.Kill);

        string topicFolder = Path.Combine(Data, "ours-2");
        string output = ApacheKafka.RunBroker(
            version, WriteProperties(isStatic), until: () => Directory.Exists(topicFolder));
        Assert.True(Directory.Exists(topicFolder), output);

        node = StartHere(isStatic);
        Assert.True(node.Image.Topics.TryGet("ours", out TopicImage? topic));
        Assert.Equal(id, topic.Id);
        Assert.Equal(0, node.CreateTopic("after").ErrorCode);
    }

    private QuorumNode StartHere(bool isStatic) =>
        QuorumNode.Start(_world, Seams(), Data, QuorumNode.Options(isStatic));

    private NodeSeams Seams() => _machine.Start() with { Disk = new LinuxDisk() };

    private string WriteProperties(bool isStatic)
    {
        string path = Path.Combine(_folder, "server.properties");
        string quorum = isStatic
            ? "controller.quorum.voters=1@localhost:19393"
            : "controller.quorum.bootstrap.servers=localhost:19393";
        File.WriteAllText(
            path,
            $"""
            process.roles=broker,controller
            node.id=1
            listeners=PLAINTEXT://localhost:19392,CONTROLLER://localhost:19393
            controller.listener.names=CONTROLLER
            {quorum}
            log.dirs={Data}
            offsets.topic.replication.factor=1

            """);
        return path;
    }
}
