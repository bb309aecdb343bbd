using Barnabas.Kernel;
using Barnabas.Records;
using Barnabas.Replication;
using Barnabas.Simulation;
using Barnabas.Storage;

namespace Barnabas.Broker.Tests;

public sealed class PartitionTests
{
    private static readonly BrokerId Self = new(1);

    private readonly SimulatedDisk _disk = new(1);
    private readonly Partition _partition;

    public PartitionTests()
    {
        LogDirectories.Format(_disk, "/data", "cluster", Self.Value, new Uuid(1, 1));
        _disk.SyncDirectory("/");
        CompressionCodecs codecs = new();
        RecordScratchPool scratch = new(1);
        SimulatedEntropy entropy = new(new SimulatedRandom(1), new SimulatedTrace());
        LogServices services = new(_disk, entropy, new RecordBatchValidator(codecs, scratch), codecs, scratch);
        LogDirectory directory = LogDirectories.Open(new LogDirectoriesOptions(["/data"], Self.Value), services).All[0];
        TopicPartition id = new("orders", 0);
        Uuid topic = new(7, 9);
        PartitionLog log = directory.Open(id, topic, LogConfig.Default, 0).Log!;
        _partition = Partition.Online(id, topic, Self, log);
        _partition.Apply(new PartitionLeadership(Self, IsLocal: true, new LeaderEpoch(0), 0, [Self], [Self]));
    }

    [Fact]
    public void What_a_failed_flush_left_in_memory_does_not_count_as_flushed()
    {
        Offset end = Append().LastOffset + 1;
        Assert.Equal(end, _partition.Log.HighWatermark);
        _disk.Faults = new SimulatedDiskFaults { SyncFailsOneIn = 1 };

        Assert.Equal(ErrorCode.KafkaStorageError, _partition.Log.Flush());

        Assert.NotNull(_partition.Log.OfflineReason);
        Assert.False(_partition.IsFlushed(end));
        Assert.Equal(ErrorCode.KafkaStorageError, Append().Error);
    }

    [Fact]
    public void A_retired_partition_takes_nothing_more_and_wakes_who_waits()
    {
        Sleeper sleeper = new();
        _partition.Add(sleeper);

        _partition.Retire();

        Assert.Equal(1, sleeper.Calls);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, Append().Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _partition.CheckServing(LeaderEpoch.None));
        _partition.Apply(new PartitionLeadership(Self, IsLocal: true, new LeaderEpoch(1), 1, [Self], [Self]));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, Append().Error);
    }

    [Theory]
    [InlineData(-1, true, ErrorCode.None)]
    [InlineData(3, true, ErrorCode.None)]
    [InlineData(2, true, ErrorCode.FencedLeaderEpoch)]
    [InlineData(-5, true, ErrorCode.FencedLeaderEpoch)]
    [InlineData(4, true, ErrorCode.UnknownLeaderEpoch)]
    [InlineData(-1, false, ErrorCode.NotLeaderOrFollower)]
    [InlineData(3, false, ErrorCode.NotLeaderOrFollower)]
    [InlineData(2, false, ErrorCode.FencedLeaderEpoch)]
    [InlineData(4, false, ErrorCode.UnknownLeaderEpoch)]
    public void A_client_learns_first_whether_its_epoch_is_right_and_then_who_leads(
        int clientEpoch, bool isLocal, ErrorCode expected)
    {
        BrokerId leader = isLocal ? Self : new BrokerId(2);
        PartitionLeadership leadership = new(leader, isLocal, new LeaderEpoch(3), 1, [leader], [leader]);
        Assert.Equal(expected, leadership.Check(new LeaderEpoch(clientEpoch)));
    }

    [Fact]
    public void Acks_all_needs_the_in_sync_replicas_the_topic_asks_for_but_no_more_than_there_are()
    {
        _partition.MinInSyncReplicas = 2;
        Assert.Equal(ErrorCode.None, Append().Error);

        BrokerId other = new(2);
        _partition.Apply(new PartitionLeadership(Self, IsLocal: true, new LeaderEpoch(0), 1, [Self, other], [Self]));

        Assert.Equal(ErrorCode.NotEnoughReplicas, Append().Error);
        Assert.Equal(ErrorCode.None, Append(needsMinInSync: false).Error);
    }

    private AppendResult Append(bool needsMinInSync = true)
    {
        RecordBatchBuilder builder = new(new CompressionCodecs(), 1 << 16);
        builder.Reset(new RecordBatchTemplate());
        Assert.True(builder.TryAppend(0, OptionalBytes.Null, "value"u8));
        return _partition.AppendAsLeader(builder.Build().ToArray(), AppendOrigin.Client, needsMinInSync, nowMs: 0);
    }

    private sealed class Sleeper : PartitionWaiter
    {
        public int Calls { get; private set; }

        public override void OnProgress() => Calls++;
    }
}
