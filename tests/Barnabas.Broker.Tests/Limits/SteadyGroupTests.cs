using System.Buffers.Binary;
using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Replication;

namespace Barnabas.Broker.Tests;

/// <summary>
/// Heartbeats and commits of offsets in their steady state allocate nothing, from the frame through the coordinator and
/// its log to the reply. The coordinator's mailbox is this thread too, so that its part is measured with the rest.
/// </summary>
public sealed class SteadyGroupTests : IDisposable
{
    private const long FirstOffset = 0x1122334455667788;

    private readonly SteadyNode _node = new();
    private readonly Uuid _topicId;
    private readonly string _member;

    public SteadyGroupTests()
    {
        _topicId = Uuid.Random(_node.Entropy);
        Partition offsets = _node.Lead(
            new TopicPartition(InternalTopics.ConsumerOffsets, 0), Uuid.Random(_node.Entropy));
        GroupCoordinator groups = new(
            new GroupCoordinatorOptions { OffsetsTopicPartitions = 1, InitialRebalanceDelayMs = 0 },
            new CoordinatorLog(_node.Topics, TimeProvider.System),
            new CoordinatorTopics(Cluster()),
            new TestEvents(),
            new ReactorTime(_node.Reactor),
            _node.Entropy,
            _node.Reactor,
            _node.Reactor);
        offsets.Add(new OffsetsPartitionWatch(offsets, groups));
        _node.Serve(
            new JoinGroupHandler(groups),
            new SyncGroupHandler(groups),
            new HeartbeatHandler(groups),
            new OffsetCommitHandler(groups));
        groups.Start();
        groups.OnLeadershipGained(0, new LeaderEpoch(0));
        _node.Reactor.Run();
        _member = JoinAndSync();
    }

    public void Dispose() => _node.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Heartbeat_allocates_nothing(short version)
    {
        byte[] frame = Wire.Frame(
            new HeartbeatRequest { GroupId = "g", MemberId = _member, GenerationId = 1 }, version);
        Assert.Equal(ErrorCode.None, (ErrorCode)Ask<HeartbeatResponse>(frame, version).ErrorCode);

        // Time passes, so that each heartbeat moves its session's timer.
        _node.AssertAllocatesNothing(frame, n => _node.Reactor.Advance(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(ErrorCode.None, (ErrorCode)Ask<HeartbeatResponse>(frame, version).ErrorCode);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(8, 1)]
    [InlineData(9, 12)]
    [InlineData(10, 12)]
    public void OffsetCommit_allocates_nothing(short version, int partitions)
    {
        OffsetCommitRequest request = new()
        {
            GroupId = "g",
            MemberId = _member,
            GenerationIdOrMemberEpoch = 1,
        };
        request.Topics.Add(new() { Name = version >= 10 ? "" : "t", TopicId = version >= 10 ? _topicId : default });
        for (int i = 0; i < partitions; i++)
        {
            request.Topics[0].Partitions.Add(new()
            {
                PartitionIndex = i,
                CommittedOffset = FirstOffset,
                CommittedMetadata = "m",
            });
        }

        byte[] frame = Wire.Frame(request, version);
        byte[] marker = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(marker, FirstOffset);
        int offsetAt = frame.AsSpan().IndexOf(marker);
        AssertCommitted(frame, version, partitions);
        _node.AssertAllocatesNothing(frame, n =>
        {
            _node.Reactor.Advance(TimeSpan.FromMilliseconds(1));
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(offsetAt), n);
        });
        AssertCommitted(frame, version, partitions);
    }

    private void AssertCommitted(byte[] frame, short version, int partitions)
    {
        OffsetCommitResponse response = Ask<OffsetCommitResponse>(frame, version);
        Assert.Equal(partitions, response.Topics[0].Partitions.Count);
        Assert.All(response.Topics[0].Partitions, static answer => Assert.Equal(0, answer.ErrorCode));
    }

    private ClusterView Cluster()
    {
        MetadataDelta delta = new(MetadataImage.Empty);
        delta.Replay(new TopicRecord { Name = "t", TopicId = _topicId }, 0);
        for (int i = 0; i < 12; i++)
        {
            delta.Replay(
                new PartitionRecord { PartitionId = i, TopicId = _topicId, Replicas = [1], Isr = [1], Leader = 1 }, 1);
        }

        ClusterView cluster = new(TestNode.ClusterId, new BrokerId(1), []);
        cluster.Publish(delta.Apply(1, 1, 0));
        return cluster;
    }

    private string JoinAndSync()
    {
        JoinGroupRequest join = new()
        {
            GroupId = "g",
            SessionTimeoutMs = 30_000,
            RebalanceTimeoutMs = 10_000,
            ProtocolType = "consumer",
            Protocols = [new() { Name = "range", Metadata = [] }],
        };
        JoinGroupResponse joined = Ask<JoinGroupResponse>(Wire.Frame(join, 3), 3);
        Assert.Equal((ErrorCode.None, 1), ((ErrorCode)joined.ErrorCode, joined.GenerationId));
        SyncGroupRequest sync = new() { GroupId = "g", MemberId = joined.MemberId, GenerationId = 1 };
        sync.Assignments.Add(new() { MemberId = joined.MemberId, Assignment = [1] });
        Assert.Equal(0, Ask<SyncGroupResponse>(Wire.Frame(sync, 3), 3).ErrorCode);
        return joined.MemberId;
    }

    private TResponse Ask<TResponse>(byte[] frame, short version)
        where TResponse : class, IApiMessage, new()
    {
        _node.Transport.Arrive(frame);
        _node.Reactor.Run();
        // The initial rebalance ends by timers.
        for (int i = 0; i < 10 && _node.Transport.Sent.IsEmpty; i++)
        {
            _node.Reactor.Advance(TimeSpan.FromMilliseconds(10));
        }

        return Wire.Decode<TResponse>(Assert.Single(_node.Transport.TakeFrames()), version);
    }

    private sealed class ReactorTime(TestReactor reactor) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => reactor.Now.Ticks;
    }
}
