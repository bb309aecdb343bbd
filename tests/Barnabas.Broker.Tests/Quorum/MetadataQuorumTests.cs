using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Raft;
using Barnabas.Simulation;

namespace Barnabas.Broker.Tests;

public sealed class MetadataQuorumTests
{
    private const string Directory = "/data";

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, "4.3")]
    [InlineData(false, "3.9")]
    public void A_formatted_node_leads_its_quorum_and_serves(bool isStatic, string? release)
    {
        var world = new SimulatedWorld(1);
        SimulatedNode machine = world.AddNode("a");
        NodeSeams seams = machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time)
            .Format(QuorumNode.Format(Directory, isStatic, release));

        QuorumNode node = QuorumNode.Start(world, seams, Directory, QuorumNode.Options(isStatic));

        Assert.Equal(ErrorCode.None, (ErrorCode)node.CreateTopic("a", 3).ErrorCode);
        Assert.True(node.Image.Topics.TryGet("a", out TopicImage? topic));
        Assert.Equal(3, topic.PartitionCount);
        Assert.Equal(isStatic ? 0 : 1, node.Quorum.KRaftVersion);
        Assert.Equal("alice", Assert.Single(node.Image.ScramCredentials).Value.Name);
        Assert.Equal(release is null ? "4.4-IV2" : release == "4.3" ? "4.3-IV0" : "3.9-IV0", $"{node.Image.Version}");
        Assert.True(node.Published > 0);
    }

    [Theory]
    [InlineData(SimulatedEnd.Kill)]
    [InlineData(SimulatedEnd.PowerLoss)]
    public void What_was_answered_is_there_after_a_crash_and_the_broker_comes_back_with_a_higher_epoch(SimulatedEnd end)
    {
        var world = new SimulatedWorld(2);
        SimulatedNode machine = world.AddNode("a");
        NodeSeams seams = machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Directory));
        QuorumNode node = QuorumNode.Start(world, seams, Directory);
        Uuid id = node.CreateTopic("a").TopicId;
        long epoch = node.Lease.Epoch;

        machine.Stop(end);
        node = QuorumNode.Start(world, machine.Start(), Directory);

        Assert.True(node.Image.Topics.TryGet(id, out TopicImage? topic));
        Assert.True(topic.TryGetPartition(0, out PartitionImage? partition));
        Assert.Equal(new BrokerId(1), partition.Leader);
        Assert.True(node.Lease.Epoch > epoch);
        Assert.Equal(2, node.Quorum.Quorum.Epoch);
    }

    [Fact]
    public void An_idle_log_grows_without_a_sync_and_the_next_record_is_durable_with_all_before_it()
    {
        var world = new SimulatedWorld(9);
        SimulatedNode machine = world.AddNode("a");
        NodeSeams seams = machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Directory));
        QuorumNode node = QuorumNode.Start(world, seams, Directory);
        long before = node.Image.Offset;

        machine.Disk.FailNext(SimulatedDiskCall.Sync);
        world.RunFor(TimeSpan.FromSeconds(60));

        Assert.Null(node.Failure);
        Assert.InRange(node.Image.Offset - before, 100, 130);
        machine.Disk.FailNothing();
        Uuid id = node.CreateTopic("a").TopicId;
        long created = node.Image.Offset;
        world.RunFor(TimeSpan.FromSeconds(60));

        machine.Stop(SimulatedEnd.PowerLoss);
        node = QuorumNode.Start(world, machine.Start(), Directory);

        Assert.True(node.Image.Topics.TryGet(id, out _));
        Assert.True(node.Image.Offset >= created);
    }

    [Fact]
    public void Snapshots_are_written_loaded_and_the_log_below_is_dropped()
    {
        var world = new SimulatedWorld(3);
        SimulatedNode machine = world.AddNode("a");
        NodeSeams seams = machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Directory));
        MetadataQuorumOptions options = QuorumNode.Options() with
        {
            SnapshotAfterBytes = 2_000,
            SegmentBytes = 4_000,
            Retention = new MetadataRetention(0, null),
        };
        QuorumNode node = QuorumNode.Start(world, seams, Directory, options);
        for (int topic = 0; topic < 40; topic++)
        {
            Assert.Equal(0, node.CreateTopic($"t{topic}", 2).ErrorCode);
        }

        string log = $"{Directory}/__cluster_metadata-0";
        SnapshotId[] snapshots = [.. seams.Disk.List(log).Where(IsSnapshot).Select(Parse)];
        Assert.Single(snapshots);
        Assert.True(snapshots[0].EndOffset > 0);
        Assert.DoesNotContain("00000000000000000000.log", seams.Disk.List(log));
        string before = string.Join('\n', ImageRecords.Of(node.Image).Select(TextOf));

        machine.Stop(SimulatedEnd.Kill);
        NodeSeams again = machine.Start();
        node = QuorumNode.Start(world, again, Directory, options);

        Assert.Equal(40, node.Image.Topics.Count);
        Assert.Equal(
            before.Split('\n').Count(static line => line.StartsWith("TopicRecord", StringComparison.Ordinal)),
            node.Image.Topics.Count);
    }

    [Fact]
    public void A_full_disk_fails_the_command_and_the_controller_goes_on_when_there_is_room()
    {
        var world = new SimulatedWorld(4);
        SimulatedNode machine = world.AddNode("a");
        NodeSeams seams = machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Directory));
        QuorumNode node = QuorumNode.Start(world, seams, Directory);

        machine.Disk.FailNext(SimulatedDiskCall.Write, DiskError.NoSpace);
        ErrorCode refused = (ErrorCode)node.CreateTopic("a").ErrorCode;

        Assert.Equal(ErrorCode.KafkaStorageError, refused);
        Assert.False(node.Image.Topics.TryGet("a", out _));
        Assert.Equal(0, node.CreateTopic("a").ErrorCode);
        Assert.True(node.Image.Topics.TryGet("a", out _));
        Assert.Null(node.Failure);
    }

    [Fact]
    public void A_disk_that_is_full_at_the_start_is_waited_out_wherever_it_strikes()
    {
        for (int skip = 0; skip < 25; skip++)
        {
            var world = new SimulatedWorld((ulong)skip);
            SimulatedNode machine = world.AddNode("a");
            NodeSeams seams = machine.Start();
            new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Directory));
            machine.Disk.FailNext(SimulatedDiskCall.Write, DiskError.NoSpace, skip);

            QuorumNode node = QuorumNode.Start(world, seams, Directory);

            if (node.CreateTopic("a").ErrorCode != 0)
            {
                // The start was over before the disk was full.
                Assert.Equal(0, node.CreateTopic("a").ErrorCode);
            }

            machine.Stop(SimulatedEnd.PowerLoss);
            node = QuorumNode.Start(world, machine.Start(), Directory);
            Assert.True(node.Image.Topics.TryGet("a", out _));
        }
    }

    [Fact]
    public void A_node_that_starts_on_a_full_disk_leads_as_soon_as_there_is_room()
    {
        var world = new SimulatedWorld(5);
        SimulatedNode machine = world.AddNode("a");
        NodeSeams seams = machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Directory));
        long capacity = machine.Disk.CapacityBytes;
        machine.Disk.CapacityBytes = machine.Disk.UsedBytes;
        MonotonicTime began = world.Now;
        world.After(TimeSpan.FromSeconds(10), () => machine.Disk.CapacityBytes = capacity);

        QuorumNode node = QuorumNode.Start(world, seams, Directory);

        Assert.InRange(world.Now - began, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15));
        Assert.Equal(["full", "room"], node.Room);
        Assert.Equal(0, node.CreateTopic("a").ErrorCode);
    }

    [Fact]
    public void A_full_disk_fences_nobody_and_is_told_once()
    {
        var world = new SimulatedWorld(6);
        SimulatedNode machine = world.AddNode("a");
        NodeSeams seams = machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Directory));
        QuorumNode node = QuorumNode.Start(
            world, seams, Directory, QuorumNode.Options() with { SnapshotAfter = TimeSpan.FromSeconds(10) });
        long capacity = machine.Disk.CapacityBytes;
        machine.Disk.CapacityBytes = 0;

        // The rest of a block takes some commands more.
        Assert.Contains(
            Enumerable.Range(0, 5000).Select(i => (ErrorCode)node.CreateTopic($"x{i}").ErrorCode),
            static error => error == ErrorCode.KafkaStorageError);
        // And then it may still take the smallest records there are, which keep an idle log alive.
        world.RunFor(TimeSpan.FromSeconds(60));
        Assert.Equal("full", node.Room[^1]);
        node.Room.Clear();
        for (int i = 0; i < 60; i++)
        {
            world.RunFor(TimeSpan.FromSeconds(2));
            node.CreateTopic("refused", partitions: 1000);
            Assert.False(node.Lease.IsFenced);
            Assert.False(node.Image.Brokers[new BrokerId(QuorumNode.NodeId)].Fenced);
        }

        Assert.Empty(node.Room);
        Assert.False(node.Image.Topics.TryGet("refused", out _));
        machine.Disk.CapacityBytes = capacity;
        world.RunFor(TimeSpan.FromSeconds(90));
        Assert.Equal(["room"], node.Room);
        Assert.Equal(0, node.CreateTopic("refused").ErrorCode);
        Assert.Contains(seams.Disk.List($"{Directory}/__cluster_metadata-0"), IsSnapshot);
        Assert.Null(node.Failure);
    }

    [Fact]
    public void A_disk_that_breaks_under_the_metadata_log_ends_the_node_with_the_reason()
    {
        var world = new SimulatedWorld(7);
        SimulatedNode machine = world.AddNode("a");
        NodeSeams seams = machine.Start();
        new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(QuorumNode.Format(Directory));
        QuorumNode node = QuorumNode.Start(world, seams, Directory);

        machine.Disk.FailNext(SimulatedDiskCall.Write);

        Assert.Equal(ErrorCode.NotController, (ErrorCode)node.CreateTopic("a").ErrorCode);
        Assert.Contains("__cluster_metadata-0 is offline", node.Failure!.Message, StringComparison.Ordinal);
        Assert.False(node.Image.Topics.TryGet("a", out _));
    }

    [Fact]
    public void Formatting_a_formatted_directory_is_refused_unless_it_may_be_passed_over()
    {
        var world = new SimulatedWorld(5);
        NodeSeams seams = world.AddNode("a").Start();
        var formatter = new StorageFormatter(seams.Disk, seams.Entropy, seams.Time);
        FormatOptions options = QuorumNode.Format(Directory);
        Assert.Contains(
            "Formatting metadata directory /data with metadata.version 4.4-IV2.", formatter.Format(options));

        Assert.Throws<StorageFormatException>(() => formatter.Format(options));
        Assert.Equal(
            ["All of the log directories are already formatted."],
            formatter.Format(options with { IgnoreFormatted = true }));
        Assert.Throws<StorageFormatException>(
            () => formatter.Format(options with { IgnoreFormatted = true, NodeId = 2 }));
        Assert.Equal(0, StorageInfo.Read(seams.Disk, [Directory]).ExitCode);
        Assert.Equal(
            ["/nowhere does not exist"], StorageInfo.Read(seams.Disk, [Directory, "/nowhere"]).Problems);
    }

    [Fact]
    public void A_controller_without_voters_must_say_how_they_come()
    {
        var world = new SimulatedWorld(6);
        NodeSeams seams = world.AddNode("a").Start();
        FormatOptions options = QuorumNode.Format(Directory, isStatic: false) with { InitialControllers = null };

        Assert.Throws<StorageFormatException>(
            () => new StorageFormatter(seams.Disk, seams.Entropy, seams.Time).Format(options));
    }

    private static bool IsSnapshot(string name) => SnapshotId.TryParse(name, out _);

    private static SnapshotId Parse(string name) => SnapshotId.TryParse(name, out SnapshotId id) ? id : default;

    private static string TextOf(MessageAndVersion record) => record.Message.GetType().Name;
}
