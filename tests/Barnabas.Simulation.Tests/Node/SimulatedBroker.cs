using System.Net;
using Barnabas.Broker;
using Barnabas.Configuration;
using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Platform;
using Barnabas.Storage;

namespace Barnabas.Simulation.Tests;

/// <summary>A machine that is broker and controller of its own cluster, through as many lives as it takes.</summary>
internal sealed class SimulatedBroker
{
    public const string ClusterId = "MkU3OEVBNTcwNTJENDM2Qk";
    public const int Port = 9092;

    /// <summary>From any thread, and without a memory that one story could leave to another.</summary>
    public static readonly CompressionCodecs Codecs = NativeCodecs.Create();

    /// <summary>Holds the metadata too: the node cannot do without it.</summary>
    public const string FirstDirectory = "/data";

    private readonly SimulatedWorld _world;
    private readonly NodeConfiguration _configuration;
    private BrokerNode? _broker;

    public SimulatedBroker(SimulatedWorld world, string extraProperties = "", int directories = 1)
    {
        _world = world;
        Directories = [FirstDirectory, .. Enumerable.Range(1, directories - 1).Select(static i => $"/more-{i}")];
        // Fewer than there are partitions: segments are closed and opened again all the time.
        Node = world.AddNode("broker", new SimulatedDiskOptions { OpenFilesMax = 16 });
        _configuration = Configure(extraProperties);
        NodeSeams seams = Node.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(new FormatOptions
        {
            ClusterId = ClusterId,
            NodeId = 1,
            Directories = Directories,
            MetadataDirectory = FirstDirectory,
            IsController = true,
            HasStaticVoters = true,
        });
        Node.Stop(SimulatedEnd.Kill);
    }

    public SimulatedNode Node { get; }

    /// <summary>The log directories.</summary>
    public IReadOnlyList<string> Directories { get; }

    public IPEndPoint Address => new(Node.Address, Port);

    public bool IsReady { get; private set; }

    /// <summary>Why the node gave up; null while it works.</summary>
    public string? Failure { get; private set; }

    /// <summary>One of the directories failed in this life, or was found to have failed.</summary>
    public bool HasLostDirectory { get; private set; }

    public MetadataImage Image => _broker!.Image;

    /// <summary>What the broker said to its operator in this life.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Begins a life of the process. Before <see cref="IsReady"/> nothing is served.</summary>
    /// <param name="before">What else happens on the machine before that.</param>
    public void Start(Action<NodeSeams>? before = null)
    {
        NodeSeams seams = Node.Start();
        before?.Invoke(seams);
        IsReady = false;
        Failure = null;
        HasLostDirectory = false;
        Events.Clear();
        _broker = new BrokerNode(_configuration, seams, Codecs, new EventLog(this));
        _broker.Open(() => IsReady = true, reason => Failure = reason);
    }

    public void Stop(SimulatedEnd end)
    {
        IsReady = false;
        Node.Stop(end);
    }

    /// <summary>An orderly end. True if the node closed its logs in time.</summary>
    public bool Close(TimeSpan atMost)
    {
        bool closed = false;
        _broker!.Close(() => closed = true);
        bool inTime = _world.RunUntil(() => closed, atMost);
        Stop(SimulatedEnd.Kill);
        return inTime;
    }

    private NodeConfiguration Configure(string extraProperties)
    {
        string text = $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@{Node.Address}:9093
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://{Node.Address}:{Port},CONTROLLER://{Node.Address}:9093
            advertised.listeners=PLAINTEXT://{Node.Address}:{Port}
            log.dirs={string.Join(',', Directories)}
            offsets.topic.num.partitions=2
            offsets.topic.replication.factor=1
            group.initial.rebalance.delay.ms=200
            group.min.session.timeout.ms=1000

            """;
        NodeConfigurationResult result = NodeConfiguration.Parse(PropertiesFile.Parse(text + extraProperties));
        Assert.Empty(result.Problems);
        return result.Configuration!;
    }

    private sealed class EventLog(SimulatedBroker broker) : IBrokerEvents
    {
        private readonly List<string> _lines = broker.Events;

        public void PartitionMoved(
            int partition,
            LeaderEpoch epoch,
            CoordinatorPartitionState from,
            CoordinatorPartitionState to,
            string why) => _lines.Add($"coordinator {partition}: {from} to {to}, {why}");

        public void GroupMoved(
            string groupId, int generation, ClassicGroupState from, ClassicGroupState to, string why) =>
            _lines.Add($"group {groupId}/{generation}: {from} to {to}, {why}");

        public void PartitionOffline(TopicPartition partition, string reason) =>
            _lines.Add($"partition {partition} offline: {reason}");

        public void DirectoryOffline(string path, string reason)
        {
            broker.HasLostDirectory = true;
            _lines.Add($"directory {path} offline: {reason}");
        }

        public void RecordsDamaged(TopicPartition partition, string what) =>
            _lines.Add($"partition {partition}: {what}");

        public void TransactionOpen(TopicPartition partition, OpenTransaction first) =>
            _lines.Add($"partition {partition}: transaction of {first.ProducerId} open from {first.FirstOffset}");

        public void MetadataLogFull(string reason) => _lines.Add($"metadata log full: {reason}");

        public void MetadataLogHasRoom() => _lines.Add("metadata log has room");

        public void TopicCreationFailed(string topic, ErrorCode error, string? message) =>
            _lines.Add($"topic {topic} cannot be created: {error}, {message}");

        public void InternalTopicOutOfReach(string topic, string key, int replicas, int brokers) =>
            _lines.Add($"topic {topic} is out of reach: {key} is {replicas} of {brokers}");
    }
}
