using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>A disk that is full, breaks or lies, under a running node.</summary>
public sealed class DiskFailureTests
{
    private const int MagicPosition = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_full_disk_refuses_produces_until_there_is_space_and_nothing_else()
    {
        FaultyDisk disk = null!;
        using TestNode node = TestNode.Start(disk: real => disk = new FaultyDisk(real));
        node.CreateTopic("a");
        node.CreateTopic("b");
        using RawConnection connection = node.Connect();
        Assert.Equal(ErrorCode.None, Produce(connection, "a", "before"));
        disk.FullFor = "/a-0/";

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(ErrorCode.KafkaStorageError, Produce(connection, "a", "refused"));
        }

        Assert.Equal(ErrorCode.None, Produce(connection, "b", "elsewhere"));
        Assert.Equal(1, EndOffset(connection, "a"));
        Assert.NotEmpty(Records(connection, "a"));
        Assert.Equal(0, connection.Ask<MetadataResponse>(new MetadataRequest { Topics = null }, 9).Topics[0].ErrorCode);
        node.CreateTopic("c");

        disk.FullFor = null;
        Assert.Equal(ErrorCode.None, Produce(connection, "a", "after"));
        Assert.Equal(2, EndOffset(connection, "a"));
        Assert.Empty(node.Events.Offline);
        Assert.Empty(node.Faults);

        // The refused batches left nothing behind that a recovery would find.
        node.Kill();
        node.Open();
        using RawConnection again = node.Connect();
        Assert.Equal(2, EndOffset(again, "a"));
    }

    [Fact]
    public void A_partition_that_finds_no_space_when_it_is_made_is_served_once_there_is_some()
    {
        FaultyDisk disk = null!;
        using TestNode node = TestNode.Start(disk: real => disk = new FaultyDisk(real));
        disk.FullFor = "/late-0/";
        node.CreateTopic("late");
        using RawConnection connection = node.Connect();
        Assert.Equal(ErrorCode.KafkaStorageError, Produce(connection, "late", "refused"));

        // Each try to open it meets the full disk at its first write; the operator hears of it once.
        Assert.True(SpinWait.SpinUntil(() => disk.Refusals >= 3, Patience));
        string told = Assert.Single(node.Events.Offline);
        Assert.StartsWith("late-0: ", told, StringComparison.Ordinal);

        disk.FullFor = null;
        Assert.True(SpinWait.SpinUntil(
            () => Produce(connection, "late", "taken") == ErrorCode.None, Patience));
        Assert.Equal(1, EndOffset(connection, "late"));
        Assert.Single(node.Events.Offline);
        Assert.Empty(node.Faults);
    }

    [Fact]
    public void Records_that_rotted_under_a_running_node_are_refused_to_readers_and_told_once()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("a");
        using RawConnection connection = node.Connect();
        Assert.Equal(ErrorCode.None, Produce(connection, "a", "rots"));
        using (FileStream log = File.OpenWrite(LogOf(node, "a")))
        {
            log.Position = MagicPosition;
            log.WriteByte(0x7F);
        }

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((short)ErrorCode.CorruptMessage, Fetch(connection, "a").ErrorCode);
        }

        Assert.StartsWith("a-0: Segment 0 ", Assert.Single(node.Events.Damage), StringComparison.Ordinal);
        Assert.Equal(ErrorCode.None, Produce(connection, "a", "goes on"));
        Assert.Empty(node.Events.Offline);
        Assert.Empty(node.Faults);
    }

    [Fact]
    public void A_full_disk_under_the_metadata_log_refuses_changes_of_metadata_and_nothing_else()
    {
        FaultyDisk disk = null!;
        using TestNode node = TestNode.Start(disk: real => disk = new FaultyDisk(real));
        node.CreateTopic("a");
        node.FindCoordinator("g");
        using RawConnection connection = node.Connect();
        disk.FullFor = "__cluster_metadata";

        CreateTopicsRequest creation = new() { TimeoutMs = 10_000 };
        creation.Topics.Add(new() { Name = "refused", NumPartitions = 1, ReplicationFactor = 1 });
        var refused = connection.Ask<CreateTopicsResponse>(creation, 7).Topics[0];
        Assert.Equal(ErrorCode.KafkaStorageError, (ErrorCode)refused.ErrorCode);
        Assert.Contains("no space left", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.None, Produce(connection, "a", "x"));
        Assert.NotEmpty(Records(connection, "a"));
        Assert.Equal(ErrorCode.None, Commit(connection, "g", 1));
        Assert.Equal(1, Committed(connection, "g"));
        Assert.Equal(0, connection.Ask<DescribeClusterResponse>(new DescribeClusterRequest(), 0).ErrorCode);
        Assert.Single(node.Events.MetadataRoom);

        disk.FullFor = null;
        node.CreateTopic("refused");
        Assert.Equal(["full", "room"], node.Events.MetadataRoom.Select(static told => told[..4]));
        Assert.Null(node.Events.Failure);
        Assert.Empty(node.Faults);
    }

    [Fact]
    public async Task A_node_that_starts_on_a_full_disk_serves_once_there_is_room()
    {
        FaultyDisk disk = null!;
        using TestNode node = TestNode.Start(disk: real => disk = new FaultyDisk(real, disk));
        node.CreateTopic("a");
        node.Kill();
        disk.FullFor = "__cluster_metadata";

        Task opening = Task.Run(() => node.Open());
        Assert.True(SpinWait.SpinUntil(() => disk.Refusals >= 3, Patience));
        Assert.False(opening.IsCompleted);
        disk.FullFor = null;
        await opening.WaitAsync(Patience);
        using RawConnection connection = node.Connect();
        Assert.Equal(ErrorCode.None, Produce(connection, "a", "x"));
    }

    [Fact]
    public void A_full_disk_under_the_offsets_refuses_commits_and_keeps_what_was_committed()
    {
        FaultyDisk disk = null!;
        using TestNode node = TestNode.Start(disk: real => disk = new FaultyDisk(real));
        node.CreateTopic("a");
        node.FindCoordinator("g");
        using RawConnection connection = node.Connect();
        Assert.Equal(ErrorCode.None, Commit(connection, "g", 1));
        disk.FullFor = "/__consumer_offsets-";

        // Clients look for the coordinator again and repeat the commit.
        Assert.Equal(ErrorCode.NotCoordinator, Commit(connection, "g", 2));
        Assert.Equal(1, Committed(connection, "g"));

        disk.FullFor = null;
        Assert.Equal(ErrorCode.None, Commit(connection, "g", 3));
        Assert.Equal(3, Committed(connection, "g"));
        Assert.Empty(node.Faults);
    }

    [Fact]
    public void A_disk_that_breaks_takes_its_directory_offline_with_a_reason_and_the_other_goes_on()
    {
        FaultyDisk disk = null!;
        string second = Directory.CreateTempSubdirectory("barnabas-second").FullName;
        try
        {
            using TestNode node = TestNode.Start(
                disk: real => disk = new FaultyDisk(real), moreLogDirectories: [Path.Combine(second, "data")]);
            for (int i = 0; i < 4; i++)
            {
                node.CreateTopic($"t{i}");
            }

            string broken = TopicIn(Path.Combine(second, "data"));
            using RawConnection connection = node.Connect();
            disk.BrokenFor = second;

            Assert.Equal(ErrorCode.KafkaStorageError, Produce(connection, broken, "x"));
            Assert.Contains(node.Events.Offline, text => text.Contains(second, StringComparison.Ordinal));
            Assert.Contains("input/output error", string.Join('\n', node.Events.Offline), StringComparison.Ordinal);
            string healthy = TopicIn(node.Data);
            Assert.Equal(ErrorCode.None, Produce(connection, healthy, "x"));
            Assert.Null(node.Events.Failure);
        }
        finally
        {
            Directory.Delete(second, recursive: true);
        }
    }

    [Fact]
    public void A_failed_directory_is_told_to_the_cluster_and_its_partitions_come_back_with_it()
    {
        FaultyDisk disk = null!;
        string second = Directory.CreateTempSubdirectory("barnabas-second").FullName;
        try
        {
            using TestNode node = TestNode.Start(
                disk: real => disk = new FaultyDisk(real, disk), moreLogDirectories: [Path.Combine(second, "data")]);
            for (int i = 0; i < 4; i++)
            {
                node.CreateTopic($"t{i}");
            }

            string lost = TopicIn(Path.Combine(second, "data"));
            using (RawConnection connection = node.Connect())
            using (RawConnection waiting = node.Connect())
            {
                Assert.Equal(ErrorCode.None, Produce(connection, lost, "kept"));
                waiting.Send(Wire.Frame(Wire.Fetch(lost, 1, maxWaitMs: 600_000), 11, 7));
                disk.BrokenFor = second;
                Assert.Equal(ErrorCode.KafkaStorageError, Produce(connection, lost, "x"));

                // Who waits for records there is answered now, not in ten minutes.
                Assert.NotNull(waiting.Receive());
                Assert.True(SpinWait.SpinUntil(() => IsLeaderless(connection, lost), Patience));
                Assert.Equal(ErrorCode.KafkaStorageError, Produce(connection, lost, "x"));
                Assert.Equal(ErrorCode.KafkaStorageError, (ErrorCode)Fetch(connection, lost).ErrorCode);
                node.CreateTopic("new");
                Assert.Equal(ErrorCode.None, Produce(connection, "new", "x"));
            }

            // It starts without the directory, and makes no empty log where the lost one cannot be seen.
            node.Kill();
            node.Open();
            using (RawConnection connection = node.Connect())
            {
                Assert.True(IsLeaderless(connection, lost));
                Assert.Equal(ErrorCode.KafkaStorageError, Produce(connection, lost, "x"));
                Assert.False(Directory.Exists(Path.Combine(node.Data, $"{lost}-0")));
            }

            disk.BrokenFor = null;
            node.Kill();
            node.Open();
            using RawConnection again = node.Connect();
            Assert.False(IsLeaderless(again, lost));
            Assert.Equal(1, EndOffset(again, lost));
            Assert.Equal(ErrorCode.None, Produce(again, lost, "next"));
            Assert.Empty(node.Faults);
        }
        finally
        {
            Directory.Delete(second, recursive: true);
        }
    }

    [Fact]
    public void The_directory_of_the_metadata_ends_the_node_when_it_breaks_although_others_are_left()
    {
        FaultyDisk disk = null!;
        string second = Directory.CreateTempSubdirectory("barnabas-second").FullName;
        try
        {
            using TestNode node = TestNode.Start(
                disk: real => disk = new FaultyDisk(real), moreLogDirectories: [Path.Combine(second, "data")]);
            disk.BrokenFor = node.Data;

            Assert.True(SpinWait.SpinUntil(() => node.Events.Failure is not null, Patience));
            Assert.Contains("directory of the metadata has failed", node.Events.Failure, StringComparison.Ordinal);
            Assert.Contains("input/output error", node.Events.Failure, StringComparison.Ordinal);
            node.Events.Failure = null;
        }
        finally
        {
            Directory.Delete(second, recursive: true);
        }
    }

    [Fact]
    public void M36_a_torn_tail_is_cut_to_the_last_whole_batch()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("a");
        string log = LogOf(node, "a");
        long whole;
        using (RawConnection connection = node.Connect())
        {
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(ErrorCode.None, Produce(connection, "a", $"value {i}"));
            }

            whole = new FileInfo(log).Length;
            Assert.Equal(ErrorCode.None, Produce(connection, "a", "torn"));
        }

        node.Kill();
        using (FileStream file = new(log, FileMode.Open, FileAccess.ReadWrite))
        {
            file.SetLength(whole + 40);
        }

        node.Open();
        using RawConnection again = node.Connect();
        Assert.Equal(10, EndOffset(again, "a"));
        Assert.Equal(whole, new FileInfo(log).Length);
        Assert.Equal(ErrorCode.None, Produce(again, "a", "next"));
        Assert.Equal(11, EndOffset(again, "a"));
    }

    [Fact]
    public void M36_damage_below_the_recovery_point_takes_that_partition_offline_and_no_other()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("a");
        node.CreateTopic("b");
        string log = LogOf(node, "a");
        using (RawConnection connection = node.Connect())
        {
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(ErrorCode.None, Produce(connection, "a", $"value {i}"));
                Assert.Equal(ErrorCode.None, Produce(connection, "b", $"value {i}"));
            }
        }

        // An orderly end: all of it is synced, and the checkpoint says so.
        node.Close();
        long size = new FileInfo(log).Length;
        using (FileStream file = new(log, FileMode.Open, FileAccess.ReadWrite))
        {
            file.SetLength(size - 5);
        }

        node.Open();
        using RawConnection again = node.Connect();
        Assert.Equal(ErrorCode.KafkaStorageError, Produce(again, "a", "x"));
        Assert.Equal(ErrorCode.KafkaStorageError, (ErrorCode)Fetch(again, "a").ErrorCode);
        Assert.Equal(ErrorCode.None, Produce(again, "b", "x"));
        Assert.Equal(11, EndOffset(again, "b"));
        string reason = Assert.Single(node.Events.Offline);
        Assert.StartsWith("a-0: ", reason, StringComparison.Ordinal);
        Assert.Equal(size - 5, new FileInfo(log).Length);
    }

    private static bool IsLeaderless(RawConnection connection, string topic)
    {
        MetadataResponse answer = connection.Ask<MetadataResponse>(
            new MetadataRequest { Topics = [new() { Name = topic }] }, 9);
        var partition = answer.Topics[0].Partitions[0];
        bool isLeaderless = partition.LeaderId == -1;
        Assert.Equal(isLeaderless ? ErrorCode.LeaderNotAvailable : ErrorCode.None, (ErrorCode)partition.ErrorCode);
        Assert.Equal(isLeaderless ? [1] : [], partition.OfflineReplicas);
        return isLeaderless;
    }

    /// <summary>Some topic t0 to t9 that has its partition in this log directory.</summary>
    private static string TopicIn(string directory) =>
        Path.GetFileName(Directory.EnumerateDirectories(directory, "t?-0").First())[..2];

    private static string LogOf(TestNode node, string topic) =>
        Path.Combine(node.Data, $"{topic}-0", "00000000000000000000.log");

    private static ErrorCode Produce(RawConnection connection, string topic, string value) =>
        (ErrorCode)connection.Ask<ProduceResponse>(Wire.Produce(topic, TestBatch.Of(value)), 9)
            .Responses[0].PartitionResponses[0].ErrorCode;

    private static ErrorCode Commit(RawConnection connection, string group, long offset)
    {
        OffsetCommitRequest request = new() { GroupId = group, GenerationIdOrMemberEpoch = -1, MemberId = "" };
        OffsetCommitRequest.OffsetCommitRequestTopic topic = new() { Name = "a" };
        topic.Partitions.Add(new() { PartitionIndex = 0, CommittedOffset = offset, CommittedMetadata = "" });
        request.Topics.Add(topic);
        ErrorCode error = ErrorCode.CoordinatorLoadInProgress;
        SpinWait.SpinUntil(
            () =>
            {
                error = (ErrorCode)connection.Ask<OffsetCommitResponse>(request, 7).Topics[0].Partitions[0].ErrorCode;
                return error != ErrorCode.CoordinatorLoadInProgress;
            },
            Patience);
        return error;
    }

    private static long Committed(RawConnection connection, string group)
    {
        OffsetFetchRequest request = new() { GroupId = group, Topics = [new() { Name = "a", PartitionIndexes = [0] }] };
        return connection.Ask<OffsetFetchResponse>(request, 5).Topics[0].Partitions[0].CommittedOffset;
    }

    private static FetchResponse.PartitionData Fetch(RawConnection connection, string topic) =>
        connection.Ask<FetchResponse>(Wire.Fetch(topic, 0), 11).Responses[0].Partitions[0];

    private static byte[] Records(RawConnection connection, string topic) =>
        Fetch(connection, topic).Records is { } records ? records.ToArray() : [];

    private static long EndOffset(RawConnection connection, string topic)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1 };
        ListOffsetsRequest.ListOffsetsTopic asked = new() { Name = topic };
        asked.Partitions.Add(new() { PartitionIndex = 0, Timestamp = -1, CurrentLeaderEpoch = -1 });
        request.Topics.Add(asked);
        return connection.Ask<ListOffsetsResponse>(request, 5).Topics[0].Partitions[0].Offset;
    }
}
