using System.Buffers.Binary;

using Barnabas.Kernel;
using Barnabas.Records;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

public sealed class PartitionLogTests
{
    [Fact]
    public void What_was_appended_is_read_back_with_dense_offsets()
    {
        PartitionLog log = new TestLog().Open();
        for (int i = 0; i < 100; i++)
        {
            AppendResult result = log.Append(TestLog.Batch(records: 3));
            Assert.Equal(ErrorCode.None, result.Error);
            Assert.Equal(new Offset(i * 3), result.BaseOffset);
            Assert.Equal(new Offset((i * 3) + 2), result.LastOffset);
        }

        Assert.Equal(new Offset(300), log.LogEndOffset);
        var batches = new RecordBatchIterator(log.ReadAll(maxBytes: 500));
        long expected = 0;
        while (batches.MoveNext())
        {
            Assert.Equal(new Offset(expected), batches.Current.BaseOffset);
            Assert.True(batches.Current.IsCrcValid());
            expected += 3;
        }

        Assert.Equal(300, expected);
    }

    [Fact]
    public void A_clean_restart_finds_everything_and_validates_nothing()
    {
        var test = new TestLog(config: LogConfig.Default with { SegmentBytes = 2000 });
        PartitionLog log = test.Open();
        for (int i = 0; i < 100; i++)
        {
            log.Append(TestLog.Batch(), epoch: i / 30);
        }

        byte[] before = log.ReadAll();
        Assert.True(log.SegmentCount > 3);
        Assert.True(test.Directory.Close(brokerEpoch: 42));

        TestLog again = test.Restart();
        Assert.True(again.Directory.WasCleanShutdown);
        Assert.Equal(42, again.Directory.CleanShutdownBrokerEpoch);
        PartitionLog reopened = again.Open();
        Assert.Equal(RecoveryReport.Nothing, reopened.Recovery);
        Assert.Equal(log.LogEndOffset, reopened.LogEndOffset);
        Assert.Equal(log.HighWatermark, reopened.HighWatermark);
        Assert.Equal(before, reopened.ReadAll());
        Assert.Equal(log.LeaderEpochs.Entries.ToArray(), reopened.LeaderEpochs.Entries.ToArray());
    }

    [Fact]
    public void Segments_that_recovery_removed_do_not_come_back_after_a_loss_of_power()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var test = new TestLog(seed, LogConfig.Default with { SegmentBytes = 200 });
            PartitionLog log = test.Open();
            for (int i = 0; i < 6; i++)
            {
                log.Append(TestLog.Batch());
            }

            Assert.True(log.SegmentCount >= 3);
            string first = log.Contents.Segments.All[0].Path;
            test = test.Restart();
            // Where there are any, their removal syncs the directory as well.
            foreach (string name in test.Disk.List(log.Identity.Directory)
                .Where(static name => name.EndsWith(".snapshot", StringComparison.Ordinal)))
            {
                test.Disk.DeleteFile($"{log.Identity.Directory}/{name}");
            }

            test.Disk.SyncDirectory(log.Identity.Directory);
            using (IDiskFile file = test.Disk.Open(first, FileOpening.ReadWrite))
            {
                file.SetLength(file.Length - 1);
                file.Sync();
            }

            Assert.Equal(1, test.Open().SegmentCount);
            test.Simulated.LosePower();
            Assert.Equal([first], test.Disk.List(log.Identity.Directory)
                .Where(static name => name.EndsWith(".log", StringComparison.Ordinal))
                .Select(name => $"{log.Identity.Directory}/{name}"));
        }
    }

    [Fact]
    public void Epochs_whose_records_are_lost_go_with_them()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch(), epoch: 3);
        log.Flusher.WriteEpochs(log);
        string path = log.Contents.Segments.Active.Path;
        test = test.Restart();
        using (IDiskFile file = test.Disk.Open(path, FileOpening.ReadWrite))
        {
            file.SetLength(0);
        }

        log = test.Open();
        Assert.Equal(Offset.Zero, log.LogEndOffset);
        Assert.True(log.LeaderEpochs.Entries.IsEmpty);
    }

    [Fact]
    public void A_follower_refuses_at_once_what_no_segment_can_hold()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        byte[] far = TestLog.Batch();
        BinaryPrimitives.WriteInt64BigEndian(far, int.MaxValue + 1L);
        byte[] both = [.. TestLog.Batch(), .. far];
        lock (log.Gate)
        {
            AppendResult refused = log.AppendAsFollower(both, new LeaderEpoch(0), TestLog.Now);
            Assert.Equal(ErrorCode.CorruptMessage, refused.Error);
            Assert.Equal(Offset.Zero, log.LogEndOffset);
            Assert.Equal(ErrorCode.None, log.AppendAsFollower(far, new LeaderEpoch(0), TestLog.Now).Error);
        }

        // The segment is named for what it holds, so that offsets fit its indexes.
        Assert.Equal(new Offset(int.MaxValue + 1L), log.Contents.Segments.Active.BaseOffset);
    }

    [Fact]
    public void A_flush_of_records_outlives_a_lost_power_with_the_indexes_of_a_segment_that_ended_there()
    {
        var config = LogConfig.Default with { SegmentBytes = 4000, IndexIntervalBytes = 200, RetentionMs = -1 };
        int ended = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var test = new TestLog(seed, config);
            PartitionLog log = test.Open();
            for (int i = 0; i < 20; i++)
            {
                log.Append(TestLog.Batch(valueBytes: 100, timestamp: TestLog.Now + i));
            }

            Assert.Equal(ErrorCode.None, log.FlushRecords());
            Assert.Equal(new Offset(20), log.RecoveryPoint);
            test.Directory.CheckpointOffsets();
            // The next segment begins at the recovery point, and the index of this one was never synced.
            lock (log.Gate)
            {
                Assert.Equal(ErrorCode.None, log.Roll(TestLog.Now));
            }

            log.Append(TestLog.Batch());
            PartitionLog recovered = test.Restart(losePower: true).Open();
            Assert.True(recovered.LogEndOffset >= new Offset(20));
            Segment first = recovered.Contents.Segments.All[0];
            var rebuilt = new SegmentIndexes(test.Disk, "/nowhere", first.BaseOffset);
            SegmentSearch.RebuildIndexes(first, rebuilt, config.IndexIntervalBytes);
            Assert.Equal(rebuilt.Offsets.Entries.ToArray(), first.Indexes.Offsets.Entries.ToArray());
            if (recovered.SegmentCount > 1)
            {
                // Only a segment that was ended has its last timestamp in the index.
                Assert.Equal(rebuilt.Times.Entries.ToArray(), first.Indexes.Times.Entries.ToArray());
                ended++;
            }
        }

        Assert.True(ended > 3, $"{ended} of 60 kept the next segment");
    }

    [Fact]
    public void A_killed_process_loses_nothing_and_a_lost_power_no_flushed_byte()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        for (int i = 0; i < 50; i++)
        {
            log.Append(TestLog.Batch());
        }

        TestLog killed = test.Restart();
        log = killed.Open();
        Assert.Equal(new Offset(50), log.LogEndOffset);
        Assert.Equal(ErrorCode.None, log.Flush());
        killed.Directory.CheckpointOffsets();
        for (int i = 0; i < 50; i++)
        {
            log.Append(TestLog.Batch());
        }

        PartitionLog recovered = killed.Restart(losePower: true).Open();
        Assert.True(recovered.LogEndOffset >= new Offset(50));
        Assert.True(recovered.LogEndOffset <= new Offset(100));
        recovered.ReadAll();
    }

    [Fact]
    public void A_full_disk_refuses_appends_and_gives_way_by_itself()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch());
        long capacity = test.Simulated.CapacityBytes;
        test.Simulated.CapacityBytes = test.Simulated.UsedBytes;

        AppendResult refused = log.Append(TestLog.Batch(valueBytes: 200_000));
        Assert.Equal(ErrorCode.KafkaStorageError, refused.Error);
        Assert.True(refused.Error.IsRetriable());
        Assert.Null(log.OfflineReason);
        Assert.Equal(new Offset(1), log.LogEndOffset);
        log.ReadAll();

        test.Simulated.CapacityBytes = capacity;
        Assert.Equal(new Offset(1), log.Append(TestLog.Batch(valueBytes: 200_000)).BaseOffset);
        log.ReadAll();
    }

    /// <summary>I-29: the second batch is under way when the first finds no room.</summary>
    [Fact]
    public void After_a_first_batch_that_found_no_room_the_second_is_no_beginning()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch());
        byte[] first = TestLog.Batch(valueBytes: 200_000, producerId: 9, baseSequence: 0);
        byte[] second = TestLog.Batch(producerId: 9, baseSequence: 1);
        long capacity = test.Simulated.CapacityBytes;
        test.Simulated.CapacityBytes = test.Simulated.UsedBytes;
        Assert.Equal(ErrorCode.KafkaStorageError, log.Append([.. first]).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, log.Append([.. second]).Error);

        test.Simulated.CapacityBytes = capacity;
        Assert.Equal(new Offset(1), log.Append(first).BaseOffset);
        Assert.Equal(new Offset(2), log.Append(second).BaseOffset);
    }

    [Fact]
    public void Too_many_open_files_fail_a_read_and_a_roll_and_nothing_else()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch());
        log.ReleaseFiles();
        test.Simulated.FailNext(SimulatedDiskCall.Names, DiskError.TooManyOpen);
        Assert.Equal(
            ErrorCode.KafkaStorageError,
            log.Read(Offset.Zero, 100, new Offset(1), atLeastOneBatch: true).Error);
        Assert.Null(log.OfflineReason);
        Assert.Null(test.Directory.OfflineReason);
        log.ReadAll();

        lock (log.Gate)
        {
            test.Simulated.FailNext(SimulatedDiskCall.Names, DiskError.TooManyOpen);
            Assert.Equal(ErrorCode.KafkaStorageError, log.Roll(TestLog.Now));
        }

        Assert.Null(log.OfflineReason);
        Assert.False(test.Disk.FileExists("/data/orders-0/00000000000000000001.log"));
        Assert.Equal(new Offset(1), log.Append(TestLog.Batch()).BaseOffset);
        Assert.Equal(new Offset(2), test.Restart().Open().LogEndOffset);
    }

    /// <summary>I-22: a loss of power may take all records of a segment and leave its index entries.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_empty_segment_comes_out_of_recovery_without_index_entries(int segmentsBefore)
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        for (int i = 0; i < segmentsBefore; i++)
        {
            log.Append(TestLog.Batch());
            lock (log.Gate)
            {
                Assert.Equal(ErrorCode.None, log.Roll(TestLog.Now));
            }
        }

        // The position says that the segment is empty, as it will be found.
        test.Directory.WriteValidatedPositions();
        for (int i = 0; i < 3; i++)
        {
            log.Append(TestLog.Batch(valueBytes: 5000, timestamp: TestLog.Now + i));
        }

        log.Contents.Segments.Active.WriteIndexes();
        string path = $"{TestLog.Root}/orders-0/{segmentsBefore:D20}";
        Assert.True(test.Disk.FileExists(path + ".timeindex"));
        using (IDiskFile file = test.Disk.Open(path + ".log", FileOpening.ReadWrite))
        {
            file.SetLength(0);
        }

        TestLog again = test.Restart();
        log = again.Open();
        Assert.Equal(new Offset(segmentsBefore), log.LogEndOffset);
        Assert.False(again.Disk.FileExists(path + ".index"));
        Assert.False(again.Disk.FileExists(path + ".timeindex"));
    }

    /// <summary>I-22: the last entry of a time index is made when the segment is sealed, perhaps after its last
    /// sync.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void What_sealing_adds_to_an_index_is_synced_with_the_next_segment(ulong seed)
    {
        var test = new TestLog(seed);
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch());
        log.Flush();
        lock (log.Gate)
        {
            log.Roll(TestLog.Now);
        }

        log.Append(TestLog.Batch());
        log.Flush();
        Segment[] segments = log.Contents.Segments.All;
        Assert.Equal(2, segments.Length);
        byte[] before = Read(test.Disk, "/data/orders-0/00000000000000000000.timeindex");
        Assert.NotEmpty(before);
        test.Simulated.LosePower();
        Assert.Equal(before, Read(test.Disk, "/data/orders-0/00000000000000000000.timeindex"));
    }

    [Fact]
    public void A_failed_sync_takes_the_directory_offline_and_is_not_tried_again()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch());
        string? reason = null;
        test.Directory.WentOffline += (_, why) => reason = why;
        test.Simulated.FailNext(SimulatedDiskCall.Sync);

        Assert.Equal(ErrorCode.KafkaStorageError, log.Flush());
        Assert.NotNull(reason);
        Assert.Equal(Offset.Zero, log.RecoveryPoint);
        Assert.Equal(ErrorCode.KafkaStorageError, log.Flush());
        Assert.Equal(Offset.Zero, log.RecoveryPoint);
        Assert.Equal(ErrorCode.KafkaStorageError, log.Append(TestLog.Batch()).Error);
        Assert.Equal(
            ErrorCode.KafkaStorageError,
            log.Read(Offset.Zero, 100, new Offset(1), atLeastOneBatch: true).Error);
        Assert.False(test.Directory.Close(1));
        Assert.False(test.Disk.FileExists("/data/.kafka_cleanshutdown"));
    }

    private static byte[] Read(IDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, FileOpening.Read);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }
}
