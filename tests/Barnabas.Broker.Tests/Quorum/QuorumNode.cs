using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Raft;
using Barnabas.Records;
using Barnabas.Simulation;
using Barnabas.Storage;

namespace Barnabas.Broker.Tests;

/// <summary>One life of a node's metadata part, in a simulated world, on the disk it is given.</summary>
internal sealed class QuorumNode : IMetadataSubscriber
{
    public const string ClusterId = "MkU3OEVBNTcwNTJENDM2Qk";
    public const int NodeId = 1;

    private readonly SimulatedWorld _world;
    private readonly LogDirectories _directories;

    private QuorumNode(SimulatedWorld world, NodeSeams seams, string directory, MetadataQuorumOptions options)
    {
        _world = world;
        var codecs = new CompressionCodecs();
        var scratch = new RecordScratchPool(1, 1024 * 1024);
        var services = new LogServices(
            seams.Disk, seams.Entropy, new RecordBatchValidator(codecs, scratch), codecs, scratch);
        _directories = LogDirectories.Open(new LogDirectoriesOptions([directory], NodeId), services);
        Quorum = new MetadataQuorum(options, seams, _directories.All[0], new QuorumConfigs());
        Quorum.Failed = failure => Failure = failure;
        Quorum.RoomChanged = lack => Room.Add(lack is null ? "room" : "full");
        Quorum.Subscribe(this);
        Lease = new BrokerLease(Quorum, Registration(seams), TimeSpan.FromSeconds(2));
    }

    public MetadataQuorum Quorum { get; }

    public BrokerLease Lease { get; }

    public Exception? Failure { get; private set; }

    /// <summary>What was said of the room for the log, oldest first.</summary>
    public List<string> Room { get; } = [];

    public int Published { get; private set; }

    public MetadataImage Image => Quorum.Image;

    public Uuid DirectoryId => _directories.All[0].Id;

    public static MetadataQuorumOptions Options(bool isStatic = true) => new()
    {
        Controller = new ControllerOptions { ClusterId = ClusterId, NodeId = new BrokerId(NodeId) },
        StaticVoters = isStatic ? VoterSet.ParseStatic("1@localhost:19393", "CONTROLLER") : null,
    };

    public static FormatOptions Format(string directory, bool isStatic = true, string? release = null) => new()
    {
        ClusterId = ClusterId,
        NodeId = NodeId,
        Directories = [directory],
        MetadataDirectory = directory,
        IsController = true,
        HasStaticVoters = isStatic,
        InitialControllers = isStatic
            ? null
            : VoterSet.ParseDynamic("1@localhost:19393:JEXY6aqzQY-32P5TStzaFg", "CONTROLLER"),
        ReleaseVersion = release,
        ScramCredentials = ["SCRAM-SHA-256=[name=alice,password=alice-secret]"],
    };

    /// <summary>Starts and waits until the broker is unfenced.</summary>
    public static QuorumNode Start(
        SimulatedWorld world, NodeSeams seams, string directory, MetadataQuorumOptions? options = null)
    {
        var node = new QuorumNode(world, seams, directory, options ?? Options());
        node.Quorum.Start();
        node.OnMailbox(() =>
        {
            node.Lease.Start();
            node.Lease.MarkReady();
        });
        world.RunUntil(() => node.Failure is not null || !node.Lease.IsFenced, TimeSpan.FromSeconds(30));
        Assert.Null(node.Failure);
        Assert.False(node.Lease.IsFenced, $"refused: {node.Lease.Refusal}");
        return node;
    }

    public void Apply(MetadataImage image, MetadataDelta delta) => Published++;

    public T Run<T>(T command)
        where T : ControllerCommand
    {
        var done = new Done();
        Quorum.Submit(command, done, Quorum.Mailbox);
        Assert.True(_world.RunUntil(() => done.HasRun, TimeSpan.FromSeconds(10)));
        return command;
    }

    public CreateTopicsResponse.CreatableTopicResult CreateTopic(string name, int partitions = 1)
    {
        var request = new CreateTopicsRequest();
        request.Topics.Add(new() { Name = name, NumPartitions = partitions, ReplicationFactor = 1 });
        return Run(new CreateTopicsCommand(request)).Response.Topics[0];
    }

    public void OnMailbox(Action action) => Quorum.Mailbox.Post(new Act(action));

    /// <summary>An orderly end: the broker leaves, the quorum stops, the directory is closed.</summary>
    public void Shutdown()
    {
        OnMailbox(Lease.Leave);
        Assert.True(_world.RunUntil(() => Lease.MayStop, TimeSpan.FromSeconds(10)));
        OnMailbox(Quorum.Stop);
        _world.RunFor(TimeSpan.FromSeconds(1));
        foreach (LogDirectory directory in _directories.All)
        {
            directory.Close(Lease.Epoch);
            directory.Dispose();
        }
    }

    private BrokerRegistrationRequest Registration(NodeSeams seams)
    {
        var request = new BrokerRegistrationRequest
        {
            BrokerId = NodeId,
            ClusterId = ClusterId,
            IncarnationId = Uuid.Random(seams.Entropy),
            PreviousBrokerEpoch = _directories.All[0].CleanShutdownBrokerEpoch,
            LogDirs = [_directories.All[0].Id],
        };
        request.Listeners.Add(new() { Name = "PLAINTEXT", Host = "localhost", Port = 19392 });
        foreach ((string name, VersionRange range) in Feature.SupportedByThisSoftware())
        {
            request.Features.Add(new()
            {
                Name = name,
                MinSupportedVersion = range.Min,
                MaxSupportedVersion = range.Max,
            });
        }

        return request;
    }

    private sealed class Done : WorkItem
    {
        public bool HasRun { get; private set; }

        public override void Run() => HasRun = true;
    }

    private sealed class Act(Action action) : WorkItem
    {
        public override void Run() => action();
    }
}
