using System.Text;

using Barnabas.Kernel;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

public sealed class LogDirectoryTests
{
    private const string PartitionPath = "/data/orders-0";

    [Fact]
    public void A_directory_in_use_or_of_another_node_or_cluster_or_twice_the_same_is_refused()
    {
        var test = new TestLog();
        Refused("in use", [TestLog.Root], TestLog.NodeId, null, test.Disk);
        test.Simulated.EndProcess();
        Refused("node 1", [TestLog.Root], nodeId: 2, null, test.Disk);
        Refused("cluster cluster", [TestLog.Root], TestLog.NodeId, "another", test.Disk);
        LogDirectories.Format(test.Disk, "/copy", "cluster", TestLog.NodeId, test.Directory.Id);
        Refused("one is a copy", [TestLog.Root, "/copy"], TestLog.NodeId, null, test.Disk);
        Refused("storage format", ["/fresh"], TestLog.NodeId, null, test.Disk);
        // After all these refusals nothing is locked.
        var options = new LogDirectoriesOptions([TestLog.Root], TestLog.NodeId);
        LogDirectories open = LogDirectories.Open(options, test.Services);
        Assert.Equal("cluster", open.ClusterId);
    }

    [Fact]
    public void A_second_directory_is_formatted_by_itself_and_takes_its_share_of_partitions()
    {
        var test = new TestLog();
        test.Simulated.EndProcess();
        LogDirectories open = LogDirectories.Open(
            new LogDirectoriesOptions([TestLog.Root, "/more"], TestLog.NodeId), test.Services);
        Assert.Equal(2, open.All.Count);
        Assert.NotEqual(open.All[0].Id, open.All[1].Id);
        for (int i = 0; i < 4; i++)
        {
            var partition = new TopicPartition("t", i);
            open.DirectoryFor(partition, null)!.Open(partition, TestLog.TopicId, test.Config, 0);
        }

        Assert.Equal(2, open.All[0].OpenLogs.Count);
        Assert.Equal(2, open.All[1].OpenLogs.Count);
    }

    [Fact]
    public void Of_two_directories_with_files_of_a_name_the_assigned_one_has_the_partition()
    {
        var test = new TestLog();
        test.Simulated.EndProcess();
        LogDirectories open = LogDirectories.Open(
            new LogDirectoriesOptions([TestLog.Root, "/more"], TestLog.NodeId), test.Services);
        var partition = new TopicPartition("t", 0);
        foreach (LogDirectory directory in open.All)
        {
            Assert.NotNull(directory.Open(partition, TestLog.TopicId, test.Config, 0).Log);
        }

        Assert.All(open.All, directory => Assert.Same(directory, open.DirectoryFor(partition, directory.Id)));
        Assert.Same(open.All[0], open.DirectoryFor(partition, null));
    }

    [Fact]
    public void A_directory_whose_identity_cannot_be_read_keeps_it()
    {
        var test = new TestLog();
        test.Simulated.EndProcess();
        var options = new LogDirectoriesOptions([TestLog.Root, "/more"], TestLog.NodeId);
        Uuid identity = LogDirectories.Open(options, test.Services).All[1].Id;
        test.Simulated.EndProcess();
        // That of the first directory is read before.
        test.Simulated.FailNext(SimulatedDiskCall.Read, skip: 1);
        LogDirectories open = LogDirectories.Open(options, test.Services);
        Assert.Equal("/more", Assert.Single(open.Unusable).Key);
        Assert.Single(open.All);
        test.Simulated.EndProcess();
        Assert.Equal(identity, LogDirectories.Open(options, test.Services).All[1].Id);
    }

    /// <summary>Deleted and made anew under its name, and a crash before the old files were renamed.</summary>
    [Fact]
    public void Files_of_a_former_topic_are_set_aside_and_the_new_one_begins_empty()
    {
        var test = new TestLog();
        test.Open().Append(TestLog.Batch());
        TestLog again = test.Restart();
        var id = new Uuid(8, 9);
        LogOpenResult refused = again.Directory.Open(TestLog.Partition, id, again.Config, TestLog.Now);
        Assert.Equal(ErrorCode.InconsistentTopicId, refused.Error);

        string? aside = again.Directory.SetAside(TestLog.Partition);

        Assert.NotNull(aside);
        Assert.True(again.Disk.FileExists($"{aside}/00000000000000000000.log"));
        LogOpenResult opened = again.Directory.Open(TestLog.Partition, id, again.Config, TestLog.Now);
        Assert.Equal(new Offset(0), opened.Log!.LogEndOffset);
        Assert.Null(again.Directory.SetAside(TestLog.Partition));
        Assert.Contains(Path.GetFileName(aside), again.Restart(losePower: true).Directory.Tolerated);
    }

    /// <summary>I-19: the marker goes before anything can be appended.</summary>
    [Fact]
    public void The_marker_is_gone_once_the_directory_is_open_even_if_the_power_fails_at_once()
    {
        var test = new TestLog();
        test.Open().Append(TestLog.Batch());
        Assert.True(test.Directory.Close(1));
        Assert.True(test.Disk.FileExists("/data/.kafka_cleanshutdown"));
        TestLog again = test.Restart(losePower: true);
        Assert.True(again.Directory.WasCleanShutdown);
        Assert.False(again.Restart(losePower: true).Directory.WasCleanShutdown);
    }

    [Fact]
    public void No_marker_is_written_while_a_log_may_still_need_recovery()
    {
        var test = new TestLog();
        test.Open();
        TestLog unclean = test.Restart();
        Assert.False(unclean.Directory.Close(1));
        TestLog again = unclean.Restart();
        again.Open();
        Assert.True(again.Directory.Close(1));
    }

    [Fact]
    public void Files_of_another_topic_of_the_same_name_are_not_touched()
    {
        var test = new TestLog();
        test.Open();
        LogOpenResult result = test.Restart().Directory.Open(TestLog.Partition, new Uuid(99, 99), test.Config, 0);
        Assert.Equal(ErrorCode.InconsistentTopicId, result.Error);
    }

    [Fact]
    public void A_deleted_partition_is_gone_at_once_its_files_later_and_a_new_one_starts_at_zero()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch(records: 5));
        log.Flush();
        test.Directory.CheckpointOffsets();
        test.Directory.Delete([TestLog.Partition], TestLog.Now);
        Assert.Equal(ErrorCode.KafkaStorageError, log.Append(TestLog.Batch()).Error);
        Assert.False(test.Disk.DirectoryExists(PartitionPath));

        PartitionLog anew = test.Open();
        Assert.Equal(Offset.Zero, anew.LogEndOffset);
        Assert.Equal(0, test.Directory.RemoveDeleted(TestLog.Now + 59_999));
        Assert.Equal(1, test.Directory.RemoveDeleted(TestLog.Now + 60_000));

        test.Directory.Delete([TestLog.Partition], TestLog.Now);
        TestLog again = test.Restart(losePower: true);
        again.Directory.RemoveDeleted(0);
        Assert.DoesNotContain(
            again.Disk.List(TestLog.Root), static name => name.Contains("-delete", StringComparison.Ordinal));
        Assert.Equal(Offset.Zero, again.Open().LogEndOffset);
    }

    /// <summary>The remedy for a full disk; and the old recovery point must not outlive it.</summary>
    [Fact]
    public void A_full_disk_deletes_partitions_and_makes_them_anew_once_there_is_room()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch(records: 5));
        log.Flush();
        test.Directory.CheckpointOffsets();
        long capacity = test.Simulated.CapacityBytes;
        test.Simulated.CapacityBytes = test.Simulated.UsedBytes;

        test.Directory.Delete([TestLog.Partition], TestLog.Now);
        Assert.Null(test.Directory.OfflineReason);
        Assert.False(test.Disk.DirectoryExists(PartitionPath));
        LogOpenResult refused = test.Directory.Open(TestLog.Partition, TestLog.TopicId, test.Config, TestLog.Now);
        Assert.True(refused.MayPass);
        Assert.False(test.Disk.DirectoryExists(PartitionPath));

        test.Simulated.CapacityBytes = capacity;
        Assert.Equal(Offset.Zero, test.Open().LogEndOffset);
        Assert.Equal(Offset.Zero, test.Restart(losePower: true).Open().LogEndOffset);
    }

    [Fact]
    public void A_partition_that_could_not_be_made_to_its_end_can_be_deleted()
    {
        var test = new TestLog();
        test.Simulated.FailNext(SimulatedDiskCall.Write, DiskError.NoSpace);
        LogOpenResult refused = test.Directory.Open(TestLog.Partition, TestLog.TopicId, test.Config, TestLog.Now);
        Assert.True(refused.MayPass);
        test.Directory.Delete([TestLog.Partition], TestLog.Now);
        Assert.False(test.Directory.Contains(TestLog.Partition));
        Assert.False(test.Disk.DirectoryExists(PartitionPath));
    }

    /// <summary>I-02: the start of the log rose, and a crash came before its checkpoint.</summary>
    [Fact]
    public void Epochs_below_a_start_that_a_crash_took_back_are_known_again()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        for (int epoch = 0; epoch < 5; epoch++)
        {
            log.Append(TestLog.Batch(records: 2), epoch);
        }

        lock (log.Gate)
        {
            log.AdvanceLogStartOffset(new Offset(5));
        }

        log.Flush();
        TestLog again = test.Restart();
        PartitionLog recovered = again.Open();
        Assert.Equal(Offset.Zero, recovered.LogStartOffset);
        Assert.Equal(
            [(0, 0), (1, 2), (2, 4), (3, 6), (4, 8)],
            recovered.LeaderEpochs.Entries.ToArray().Select(static e => (e.Epoch.Value, (int)e.StartOffset.Value)));
    }

    /// <summary>
    /// I-28: the checkpoint leaves a start to the name of the first segment, and retention renames without a sync.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_checkpoint_said_of_the_start_outlives_retention_and_a_loss_of_power(bool wasKilled)
    {
        LogConfig config = LogConfig.Default with { SegmentBytes = 1000, RetentionMs = -1 };
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var test = new TestLog(seed, config);
            PartitionLog log = test.Open();
            for (int i = 0; i < 40; i++)
            {
                log.Append(TestLog.Batch());
            }

            log.Flush();
            var start = new Offset(30);
            lock (log.Gate)
            {
                log.AdvanceLogStartOffset(start);
            }

            test.Directory.CheckpointOffsets();
            Assert.True(log.DeleteOldSegments(TestLog.Now).Segments > 0);
            lock (log.Gate)
            {
                log.AdvanceLogStartOffset(log.Contents.Segments.Active.BaseOffset);
            }

            Assert.True(log.DeleteOldSegments(TestLog.Now).Segments > 0);

            start = log.LogStartOffset;
            test.Directory.CheckpointOffsets();
            if (wasKilled)
            {
                test = test.Restart();
                log = test.Open();
                Assert.Equal(start, log.LogStartOffset);
                test.Directory.CheckpointOffsets();
            }

            log = test.Restart(losePower: true).Open();
            Assert.Equal(start, log.LogStartOffset);
            Assert.Equal(new Offset(40), log.LogEndOffset);
        }
    }

    /// <summary>M36: what was synced is never cut off in silence.</summary>
    [Fact]
    public void Damage_below_the_recovery_point_takes_the_partition_offline_and_leaves_its_bytes()
    {
        var test = new TestLog(config: LogConfig.Default with { SegmentBytes = 1000 });
        PartitionLog log = test.Open();
        for (int i = 0; i < 40; i++)
        {
            log.Append(TestLog.Batch());
        }

        log.Flush();
        test.Directory.CheckpointOffsets();
        Segment active = log.Contents.Segments.Active;
        using (IDiskFile file = test.Disk.Open(active.Path, FileOpening.ReadWrite))
        {
            file.SetLength(active.Size - 3);
        }

        TestLog again = test.Restart();
        LogOpenResult result = again.Directory.Open(TestLog.Partition, TestLog.TopicId, test.Config, 0);
        Assert.Equal(ErrorCode.KafkaStorageError, result.Error);
        Assert.Contains("was synced", result.Message, StringComparison.Ordinal);
        Assert.Null(again.Directory.OfflineReason);
        using (IDiskFile file = again.Disk.Open(active.Path, FileOpening.Read))
        {
            Assert.Equal(active.Size - 3, file.Length);
        }
    }

    [Fact]
    public void A_damaged_tail_is_cut_to_the_last_valid_batch_and_later_segments_go()
    {
        var test = new TestLog(config: LogConfig.Default with { SegmentBytes = 1000 });
        PartitionLog log = test.Open();
        for (int i = 0; i < 40; i++)
        {
            log.Append(TestLog.Batch());
        }

        Segment damaged = log.Contents.Segments.All[1];
        test.Simulated.FlipBit(damaged.Path, 300, 3);

        TestLog again = test.Restart();
        PartitionLog recovered = again.Open();
        Assert.True(recovered.LogEndOffset < log.LogEndOffset);
        Assert.NotNull(recovered.Recovery.Reason);
        recovered.ReadAll();
    }

    /// <summary>
    /// The end of a segment was lost before it was synced. Only where Apache Kafka has run may that be a compacted log.
    /// </summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    public void A_gap_above_the_recovery_point_is_compaction_only_where_Kafka_ran(bool kafkaRanHere, int batchesLeft)
    {
        var test = new TestLog(config: LogConfig.Default with { SegmentBytes = 1000 });
        PartitionLog log = test.Open();
        for (int i = 0; i < 40; i++)
        {
            log.Append(TestLog.Batch());
        }

        using (IDiskFile file = test.Disk.Open(log.Contents.Segments.All[0].Path, FileOpening.ReadWrite))
        {
            file.SetLength(batchesLeft * TestLog.Batch().Length);
        }

        if (kafkaRanHere)
        {
            // Empty, as Kafka makes it at its start.
            test.Disk.Open($"{TestLog.Root}/cleaner-offset-checkpoint", FileOpening.CreateOrKeep).Dispose();
        }

        LogConfig compacted = test.Config with { Append = test.Config.Append with { IsCompacted = true } };
        PartitionLog recovered = test.Restart(config: compacted).Open();
        Assert.Equal(kafkaRanHere ? log.LogEndOffset : new Offset(batchesLeft), recovered.LogEndOffset);
        Assert.Equal(kafkaRanHere ? log.Contents.Segments.All.Length : 1, recovered.Contents.Segments.All.Length);
        Assert.Equal(!kafkaRanHere, recovered.Recovery.Reason is not null);
    }

    [Fact]
    public void A_killed_process_validates_only_what_came_after_the_last_note()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        for (int i = 0; i < 200; i++)
        {
            log.Append(TestLog.Batch());
        }

        test.Directory.WriteValidatedPositions();
        byte[] later = TestLog.Batch();
        log.Append(later);
        PartitionLog again = test.Restart().Open();
        Assert.Equal(later.Length, again.Recovery.BytesValidated);
        Assert.Equal(log.LogEndOffset, again.LogEndOffset);
        Assert.Equal(
            log.Contents.Segments.Active.Indexes.Offsets.Entries.ToArray(),
            again.Contents.Segments.Active.Indexes.Offsets.Entries.ToArray());
    }

    [Fact]
    public void A_note_about_another_file_than_the_one_found_is_not_believed()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        for (int i = 0; i < 20; i++)
        {
            log.Append(TestLog.Batch(valueBytes: 30));
        }

        test.Directory.WriteValidatedPositions();
        // Another program cuts the log off and writes on, of the same sizes.
        lock (log.Gate)
        {
            log.TruncateTo(new Offset(10), TestLog.Now);
        }

        for (int i = 0; i < 11; i++)
        {
            log.Append(TestLog.Batch(valueBytes: 30, timestamp: TestLog.Now + 5), epoch: 1);
        }

        byte[] before = log.ReadAll();
        PartitionLog again = test.Restart().Open();
        Assert.Equal(new Offset(21), again.LogEndOffset);
        Assert.Equal(before, again.ReadAll());
        Assert.True(again.Recovery.BytesValidated > 1000);
    }

    [Fact]
    public void Leftovers_of_deletions_and_of_Kafkas_cleaner_are_put_in_order()
    {
        var test = new TestLog();
        test.Open().Append(TestLog.Batch(records: 3));
        test.Directory.Close(1);
        foreach (string name in (string[])
            ["00000000000000000009.log.deleted", "00000000000000000000.log.cleaned", "00000000000000000007.index"])
        {
            test.Disk.Open($"{PartitionPath}/{name}", FileOpening.CreateOrKeep).Dispose();
        }

        test.Disk.Rename($"{PartitionPath}/00000000000000000000.log", $"{PartitionPath}/00000000000000000000.log.swap");
        test.Disk.DeleteFile($"{PartitionPath}/00000000000000000000.log.cleaned");
        TestLog again = test.Restart();
        Assert.Equal(new Offset(3), again.Open().LogEndOffset);
        Assert.DoesNotContain(
            again.Disk.List(PartitionPath),
            static name => name.Contains(".deleted", StringComparison.Ordinal)
                || name.Contains(".swap", StringComparison.Ordinal)
                || name.StartsWith("00000000000000000007", StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_that_makes_no_sense_takes_its_directory_out_of_service()
    {
        var test = new TestLog();
        test.Directory.CheckpointOffsets();
        using (IDiskFile file = test.Disk.Open("/data/recovery-point-offset-checkpoint", FileOpening.CreateOrTruncate))
        {
            file.Write(Encoding.ASCII.GetBytes("0\n1\nnonsense\n"), 0);
        }

        test.Simulated.EndProcess();
        Refused("nonsense", [TestLog.Root], TestLog.NodeId, null, test.Disk);
    }

    private static void Refused(string reason, string[] paths, int nodeId, string? clusterId, IDisk disk)
    {
        LogDirectoryException refusal = Assert.Throws<LogDirectoryException>(() => LogDirectories.Open(
            new LogDirectoriesOptions(paths, nodeId, clusterId), TestLog.ServicesOf(disk, 1)));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
