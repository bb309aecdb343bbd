using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Coordination.Tests;

public sealed class LoadTests
{
    [Fact]
    public void A_reloaded_coordinator_knows_what_the_live_one_knew()
    {
        var world = new GroupWorld();
        TestGroup group = world.Group("g");
        (List<string> members, int generation) = group.Stabilize(3);
        group.Commit("orders", 1, 10, members[0], generation);
        group.Commit("orders", 1, 11, members[1], generation);
        world.Group("simple").Commit("payments", 2, 5);
        world.Group("gone").Commit("payments", 2, 5);
        Assert.Equal(ErrorCode.None, world.Delete("gone"));

        GroupWorld reloaded = world.FailOver();
        Assert.Equal(Picture(world, "g", "simple", "gone"), Picture(reloaded, "g", "simple", "gone"));

        // Members go on as if nothing had happened.
        TestGroup same = reloaded.Group("g");
        Assert.Equal(ErrorCode.None, same.Heartbeat(members[0], generation));
        Assert.Equal(ErrorCode.None, same.Commit("orders", 1, 12, members[2], generation));
        reloaded.Pass(TimeSpan.FromSeconds(10.1));
        Assert.Equal(ErrorCode.UnknownMemberId, same.Heartbeat(members[1], generation));
    }

    [Fact]
    public void While_it_loads_a_request_is_asked_to_wait_and_a_heartbeat_is_fine()
    {
        var log = new MemoryLog(GroupWorld.Partitions);
        new GroupWorld(log: log).Group("g").Commit("orders", 0, 1);
        var world = new GroupWorld(log: log);
        TestGroup group = world.Group("g");
        world.Coordinator.OnLeadershipLost(group.Partition, new LeaderEpoch(2));
        world.Run();
        world.LoaderIsStuck = true;
        world.Coordinator.OnLeadershipGained(group.Partition, new LeaderEpoch(3));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, group.Commit("orders", 0, 2));
        Assert.Equal(ErrorCode.None, group.Heartbeat("anybody", 1));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (ErrorCode)world.List().ErrorCode);
        world.LoaderIsStuck = false;
        world.Run();
        Assert.Equal(1, group.Fetch("orders", 0));
    }

    [Fact]
    public void Losing_leadership_answers_everything_that_is_parked()
    {
        var world = new GroupWorld();
        TestGroup group = world.Group("g");
        (List<string> members, int generation) = group.Stabilize(2);
        Inbox<JoinGroupResponse> join = group.Join(members[0]);
        world.Log.HoldsHighWatermark = true;
        Inbox<OffsetCommitResponse> commit = group.CommitAsync("orders", 0, 1, members[1], generation);
        Assert.False(join.HasReply || commit.HasReply);
        for (int i = 0; i < GroupWorld.Partitions; i++)
        {
            world.Coordinator.OnLeadershipLost(i, new LeaderEpoch(2));
        }

        world.Run();
        Assert.Equal(ErrorCode.NotCoordinator, (ErrorCode)join.Reply.ErrorCode);
        Assert.Equal(ErrorCode.NotCoordinator, TestGroup.Error(commit));
        Assert.Equal(ErrorCode.NotCoordinator, group.Heartbeat(members[0], generation));
        Assert.Empty(world.List().Groups);
        Assert.Equal(0, world.Coordinator.Counters.Groups());
        Assert.Equal(0, world.Coordinator.Counters.Offsets);

        // Its timers are gone too.
        world.Pass(TimeSpan.FromMinutes(30));
        Assert.Equal(0, world.Coordinator.Counters.ExpiredSessions);
    }

    [Fact]
    public void A_stopped_coordinator_is_not_available()
    {
        var world = new GroupWorld();
        TestGroup group = world.Group("g");
        (string member, Inbox<JoinGroupResponse> join) = group.JoinNew();
        world.Coordinator.Stop();
        world.Run();
        Assert.Equal(ErrorCode.NotCoordinator, (ErrorCode)join.Reply.ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, group.Heartbeat(member, 1));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (ErrorCode)world.List().ErrorCode);
    }

    [Fact]
    public void An_old_news_of_leadership_changes_nothing()
    {
        var world = new GroupWorld();
        TestGroup group = world.Group("g");
        world.GainAll(new LeaderEpoch(5));
        world.Run();
        world.Coordinator.OnLeadershipLost(group.Partition, new LeaderEpoch(4));
        world.Coordinator.OnLeadershipGained(group.Partition, new LeaderEpoch(3));
        world.Run();
        Assert.Equal(ErrorCode.None, group.Commit("orders", 0, 1));
    }

    [Fact]
    public void What_lies_above_the_high_watermark_is_loaded_but_not_shown()
    {
        var log = new MemoryLog(GroupWorld.Partitions);
        var first = new GroupWorld(log: log);
        TestGroup group = first.Group("g");
        group.Commit("orders", 0, 1);
        log.HoldsHighWatermark = true;
        group.CommitAsync("orders", 0, 2);

        var world = new GroupWorld(log: log);
        group = world.Group("g");
        Assert.Equal(1, group.Fetch("orders", 0));
        Inbox<OffsetFetchResponse> stable = group.FetchAsync("orders", 0, requireStable: true);
        Assert.False(stable.HasReply);
        world.Commit(group.Partition);
        Assert.Equal(2, stable.Reply.Groups[0].Topics[0].Partitions[0].CommittedOffset);
        Assert.Equal(2, group.Fetch("orders", 0));
    }

    [Fact]
    public void A_long_log_and_a_batch_above_the_buffer_are_loaded_piece_by_piece()
    {
        var log = new MemoryLog(GroupWorld.Partitions);
        var options = new GroupCoordinatorOptions
        {
            OffsetMetadataBytesMax = 100_000,
            OffsetsLoadBufferBytesMax = 1_000,
        };
        TestGroup group = new GroupWorld(options, log).Group("g");
        for (int i = 0; i < 100; i++)
        {
            string metadata = new('m', i == 50 ? 30_000 : 100);
            Assert.Equal(ErrorCode.None, TestGroup.Error(group.CommitAsync("orders", i % 12, i, metadata: metadata)));
        }

        group = new GroupWorld(options, log).Group("g");
        Assert.Equal(99, group.Fetch("orders", 99 % 12));
        Assert.Equal(95, group.Fetch("orders", 95 % 12));
    }

    [Theory]
    [InlineData(0, "checksum")]
    [InlineData(1, "Malformed")]
    [InlineData(2, "UnknownVersion")]
    public void A_damaged_log_takes_its_partition_out_of_service_and_says_why(int damage, string why)
    {
        var log = new MemoryLog(GroupWorld.Partitions);
        byte[] key = CoordinatorRecordCodec.KeyToBytes(new GroupMetadataKey { Group = "g" });
        byte[] value = damage switch
        {
            1 => [0, 3, 1],
            _ => [0, 99, 1, 2, 3],
        };
        Memory<byte> batch = Batch(new RecordBatchTemplate(), (key, value));
        if (damage == 0)
        {
            batch.Span[^1] ^= 1;
        }

        log.Write(0, batch.Span);
        log.Commit(0);
        var world = new GroupWorld(log: log);
        Assert.Contains(
            world.Events.Partitions,
            move => move.To == CoordinatorPartitionState.Failed && move.Why.Contains(why, StringComparison.Ordinal));
        string groupId = Enumerable.Range(0, 100).Select(i => $"g{i}").First(id => GroupPartition.Of(id, 3) == 0);
        Assert.Equal(ErrorCode.NotCoordinator, world.Group(groupId).Commit("orders", 0, 1));
    }

    [Fact]
    public void Records_of_kinds_that_are_not_served_are_passed_over()
    {
        var log = new MemoryLog(GroupWorld.Partitions);
        byte[] consumer = CoordinatorRecordCodec.KeyToBytes(new ConsumerGroupMetadataKey { GroupId = "c" });
        byte[] share = CoordinatorRecordCodec.KeyToBytes(new ShareGroupMetadataKey { GroupId = "s" });
        byte[] streams = CoordinatorRecordCodec.KeyToBytes(new StreamsGroupMetadataKey { GroupId = "t" });
        byte[] future = [0x7F, 0x00, 1, 2, 3];
        log.Write(0, Batch(
            new RecordBatchTemplate(), (consumer, [0, 0, 1]), (share, null), (streams, [1, 2, 3]), (future, [9])).Span);
        log.Commit(0);
        var world = new GroupWorld(log: log);
        Assert.Equal(4, world.Coordinator.RuntimeCounters.RecordsUnserved);
        Assert.Empty(world.List().Groups);
        Assert.DoesNotContain(world.Events.Partitions, move => move.To == CoordinatorPartitionState.Failed);
    }

    [Fact]
    public void Records_of_old_versions_are_understood()
    {
        var log = new MemoryLog(GroupWorld.Partitions);
        string id = Enumerable.Range(0, 100).Select(i => $"old{i}").First(g => GroupPartition.Of(g, 3) == 0);
        byte[] legacyKey = CoordinatorRecordCodec.KeyToBytes(
            new LegacyOffsetCommitKey { Group = id, Topic = "orders", Partition = 1 });
        byte[] legacyValue = CoordinatorRecordCodec.ValueToBytes(
            new MessageAndVersion(new LegacyOffsetCommitValue { Offset = 5, Metadata = "x", CommitTimestamp = 1 }, 0));
        var records = new List<(byte[], byte[]?)> { (legacyKey, legacyValue) };
        for (short version = 0; version <= 4; version++)
        {
            var key = new OffsetCommitKey { Group = id, Topic = "orders", Partition = 2 + version };
            records.Add((
                CoordinatorRecordCodec.KeyToBytes(key),
                CoordinatorRecordCodec.ValueToBytes(new MessageAndVersion(
                    new OffsetCommitValue { Offset = version, Metadata = "", CommitTimestamp = 1 }, version))));
        }

        var value = new GroupMetadataValue
        {
            ProtocolType = "consumer",
            Generation = 7,
            Protocol = "range",
            Leader = "m",
            Members =
            [
                new GroupMetadataValue.MemberMetadata
                {
                    MemberId = "m", ClientId = "c", ClientHost = "/h", SessionTimeout = 10_000,
                    Subscription = TestGroup.Subscription("orders"), Assignment = [1],
                },
            ],
        };
        records.Add((
            CoordinatorRecordCodec.KeyToBytes(new GroupMetadataKey { Group = id }),
            CoordinatorRecordCodec.ValueToBytes(new MessageAndVersion(value, 0))));
        log.Write(0, Batch(new RecordBatchTemplate(), [.. records]).Span);
        log.Commit(0);

        TestGroup group = new GroupWorld(log: log).Group(id);
        Assert.Equal(5, group.Fetch("orders", 1));
        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(2, 5).Select(partition => group.Fetch("orders", partition)));
        Assert.Equal(ErrorCode.None, group.Heartbeat("m", 7));
    }

    [Fact]
    public void Offsets_of_transactions_count_once_their_marker_says_so()
    {
        var log = new MemoryLog(GroupWorld.Partitions);
        string id = Enumerable.Range(0, 100).Select(i => $"txn{i}").First(g => GroupPartition.Of(g, 3) == 0);
        long offset = 0;
        void Append(RecordBatchTemplate template, params (byte[] Key, byte[]? Value)[] records)
        {
            log.Write(0, Batch(template with { BaseOffset = new Offset(offset) }, records).Span);
            offset += records.Length;
        }

        RecordBatchTemplate Transaction(long producer) => new()
        {
            Producer = new ProducerIdAndEpoch(producer, 0),
            BaseSequence = 0,
            IsTransactional = true,
        };
        void Marker(long producer, ControlRecordType type)
        {
            byte[] key = new byte[ControlRecord.KeySize];
            ControlRecord.WriteKey(key, type);
            byte[] value = new byte[ControlRecord.EndTransactionSize];
            ControlRecord.WriteEndTransaction(value, 0);
            Append(Transaction(producer) with { IsControl = true, BaseSequence = -1 }, (key, value));
        }

        Append(Transaction(1), Offset(id, 0, 10), Offset(id, 1, 10));
        Append(Transaction(2), Offset(id, 2, 20));
        Append(Transaction(3), Offset(id, 3, 30));
        Append(new RecordBatchTemplate(), Offset(id, 1, 11));
        Marker(1, ControlRecordType.Commit);
        Marker(2, ControlRecordType.Abort);
        log.Commit(0);

        TestGroup group = new GroupWorld(log: log).Group(id);
        Assert.Equal(10, group.Fetch("orders", 0));
        Assert.Equal(11, group.Fetch("orders", 1));
        Assert.Equal(-1, group.Fetch("orders", 2));
        Assert.Equal(-1, group.Fetch("orders", 3));
        OffsetFetchResponse stable = group.FetchAsync("orders", 3, requireStable: true).Reply;
        Assert.Equal(
            ErrorCode.UnstableOffsetCommit, (ErrorCode)stable.Groups[0].Topics[0].Partitions[0].ErrorCode);
    }

    internal static Memory<byte> Batch(RecordBatchTemplate template, params (byte[] Key, byte[]? Value)[] records)
    {
        var builder = new RecordBatchBuilder(new CompressionCodecs(), 1024 * 1024);
        builder.Reset(template);
        foreach ((byte[] key, byte[]? value) in records)
        {
            Assert.True(builder.TryAppend(1, key, value));
        }

        return builder.Build();
    }

    private static (byte[] Key, byte[]? Value) Offset(string group, int partition, long offset) => (
        CoordinatorRecordCodec.KeyToBytes(
            new OffsetCommitKey { Group = group, Topic = "orders", Partition = partition }),
        CoordinatorRecordCodec.ValueToBytes(new MessageAndVersion(
            new OffsetCommitValue { Offset = offset, Metadata = "", CommitTimestamp = 1 }, 3)));

    internal static string Picture(GroupWorld world, params string[] groups)
    {
        var picture = new List<string>();
        foreach (string id in groups)
        {
            DescribeGroupsResponse.DescribedGroup group = world.Describe(id);
            picture.Add($"{id} {group.GroupState} {group.ProtocolType} {group.ProtocolData}");
            picture.AddRange(group.Members.Select(member =>
                $"  {member.MemberId} {member.GroupInstanceId} {member.ClientId} {member.ClientHost} "
                + $"{Convert.ToHexString(member.MemberMetadata)} {Convert.ToHexString(member.MemberAssignment)}"));
            picture.AddRange(world.Group(id).FetchAsync(null, 0).Reply.Groups[0].Topics.SelectMany(topic =>
                topic.Partitions.Select(partition =>
                    $"  {topic.Name}-{partition.PartitionIndex} {partition.CommittedOffset} "
                    + $"{partition.CommittedLeaderEpoch} {partition.Metadata}")));
        }

        return string.Join('\n', picture);
    }
}
