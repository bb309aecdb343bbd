using Barnabas.Kernel;
using Barnabas.Simulation;
using Barnabas.Protocol;

namespace Barnabas.Metadata.Tests;

/// <summary>A controller with its log: every record it decides on is also replayed by a follower.</summary>
internal sealed class ControllerContext
{
    public const string ClusterId = "MkU3OEVBNTcwNTJENDM2Qk";

    private readonly List<MessageAndVersion> _log = [];

    public ControllerContext(
        ulong seed = 1,
        ControllerOptions? options = null,
        BootstrapMetadata? bootstrap = null,
        int nodeId = 1000)
    {
        Options = options ?? new ControllerOptions { ClusterId = ClusterId, NodeId = new BrokerId(nodeId) };
        Entropy = new SimulatedRandom(seed);
        Core = new ControllerCore(Options, new PlainConfigs(), Entropy);
        Follower = new MetadataReplay(MetadataImage.Empty);
        Activate(bootstrap ?? AllFeatures());
    }

    public ControllerOptions Options { get; }

    public ControllerCore Core { get; }

    public SimulatedRandom Entropy { get; }

    public MetadataReplay Follower { get; }

    public MonotonicTime Now { get; set; } = new(TimeSpan.TicksPerHour);

    public MetadataImage Image => Core.Image;

    public IReadOnlyList<MessageAndVersion> Log => _log;

    public static BootstrapMetadata AllFeatures(bool withElr = true)
    {
        var features = new Dictionary<string, short>();
        foreach (Feature feature in Feature.All)
        {
            features[feature.Name] = feature.DefaultLevel(MetadataVersion.LatestProduction);
        }

        if (!withElr)
        {
            features.Remove(Feature.EligibleLeaderReplicasName);
        }

        return BootstrapMetadata.FromFeatures(MetadataVersion.LatestProduction, features, [], "test");
    }

    public T Run<T>(T command)
        where T : ControllerCommand
    {
        Commit(Core.Step(command, Now));
        return command;
    }

    public int Tick()
    {
        ControllerStep step = Core.Tick(Now);
        Commit(step);
        return step.Records.Count;
    }

    public void Pass(TimeSpan time) => Now += time;

    /// <summary>Registers and unfences; gives the epoch.</summary>
    public long AddBroker(int id, string? rack = null, int directories = 1)
    {
        long epoch = Register(id, rack, directories).Response.BrokerEpoch;
        Assert.False(Heartbeat(id, epoch).Response.IsFenced);
        return epoch;
    }

    public RegisterBrokerCommand Register(
        int id, string? rack = null, int directories = 1, long previousEpoch = -1, Uuid? incarnation = null)
    {
        var request = new BrokerRegistrationRequest
        {
            BrokerId = id,
            ClusterId = ClusterId,
            IncarnationId = incarnation ?? Uuid.Random(Entropy),
            Rack = rack,
            PreviousBrokerEpoch = previousEpoch,
        };
        request.Listeners.Add(new() { Name = "PLAINTEXT", Host = "localhost", Port = 9092 });
        foreach ((string name, VersionRange range) in Feature.SupportedByThisSoftware())
        {
            request.Features.Add(new()
            {
                Name = name,
                MinSupportedVersion = range.Min,
                MaxSupportedVersion = range.Max,
            });
        }

        for (int directory = 0; directory < directories; directory++)
        {
            request.LogDirs.Add(DirectoryOf(id, directory));
        }

        return Run(new RegisterBrokerCommand(request));
    }

    public static Uuid DirectoryOf(int broker, int index) => new(broker + 1, 1000 + index);

    public BrokerHeartbeatCommand Heartbeat(
        int id, long epoch, bool wantFence = false, bool wantShutDown = false, long? metadataOffset = null) =>
        Run(new BrokerHeartbeatCommand(new BrokerHeartbeatRequest
        {
            BrokerId = id,
            BrokerEpoch = epoch,
            CurrentMetadataOffset = metadataOffset ?? Core.NextOffset - 1,
            WantFence = wantFence,
            WantShutDown = wantShutDown,
        }));

    public CreateTopicsResponse.CreatableTopicResult CreateTopic(
        string name, int partitions = 1, short replicationFactor = 1, bool validateOnly = false)
    {
        var request = new CreateTopicsRequest { ValidateOnly = validateOnly };
        request.Topics.Add(new() { Name = name, NumPartitions = partitions, ReplicationFactor = replicationFactor });
        return Run(new CreateTopicsCommand(request)).Response.Topics[0];
    }

    public PartitionImage Partition(string topic, int partition = 0)
    {
        Assert.True(Image.Topics.TryGet(topic, out TopicImage? image));
        Assert.True(image.TryGetPartition(partition, out PartitionImage? state));
        return state;
    }

    private void Activate(BootstrapMetadata bootstrap)
    {
        // The leader change record stands at offset 0.
        Follower.Skip(0, epoch: 1, timestampMs: 0);
        Follower.Publish();
        Commit(Core.Activate(Follower, epoch: 1, nextOffset: 1, bootstrap, Now));
    }

    private void Commit(ControllerStep step)
    {
        foreach (MessageAndVersion record in step.Records)
        {
            // Through bytes: what the log keeps is what counts.
            byte[] bytes = MetadataRecordCodec.ToBytes(record);
            Assert.Equal(RecordDecoding.Ok, MetadataRecordCodec.TryRead(bytes, out MessageAndVersion read));
            _log.Add(read);
            Follower.Replay(read.Message, Follower.NextOffset, epoch: 1, timestampMs: 0);
        }

        Follower.Publish();
        Core.OnAppended();
        Assert.Equal(Core.NextOffset, Follower.NextOffset);
    }
}
