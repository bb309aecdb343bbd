using Barnabas.Kernel;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

/// <summary>What an append has to wait for, beside its own write.</summary>
public sealed class AppenderWaitsTests
{
    private static readonly LogConfig _config = LogConfig.Default with { SegmentBytes = 200 };

    [Fact]
    public void A_roll_makes_the_new_file_and_changes_nothing_else()
    {
        CrashingDisk disk = NewDisk();
        PartitionLog log = new TestLog(config: _config, disk: disk).Open();
        log.Append(TestLog.Batch(producerId: 4, baseSequence: 0));
        log.Append(TestLog.Batch(producerId: 4, baseSequence: 1));
        Assert.Equal(1, log.SegmentCount);

        int before = disk.Changes;
        log.Append(TestLog.Batch(producerId: 4, baseSequence: 2));
        Assert.Equal(2, log.SegmentCount);
        // The file and the records.
        Assert.Equal(before + 2, disk.Changes);

        Assert.Equal(ErrorCode.None, log.WriteOutSealedSegments());
        Assert.Equal(
            ["00000000000000000000.index", "00000000000000000000.log", "00000000000000000000.timeindex",
                "00000000000000000002.log", "00000000000000000002.snapshot", "partition.metadata"],
            disk.List(log.Identity.Directory));
    }

    [Fact]
    public void Retention_and_flushes_change_the_disk_outside_of_the_gate()
    {
        CrashingDisk disk = NewDisk();
        var test = new TestLog(config: _config, disk: disk);
        PartitionLog log = test.Open();
        for (int i = 0; i < 6; i++)
        {
            log.Append(TestLog.Batch());
        }

        lock (log.Gate)
        {
            log.AdvanceLogStartOffset(log.LogEndOffset);
        }

        int changes = disk.Changes;
        disk.BeforeChange = () => Assert.False(log.Gate.IsHeldByCurrentThread);
        Assert.Equal(ErrorCode.None, log.WriteOutSealedSegments());
        Assert.Equal(ErrorCode.None, log.FlushSealedSegments());
        Assert.True(log.DeleteOldSegments(TestLog.Now).Segments > 1);
        test.Directory.RemoveDeleted(long.MaxValue);
        test.Directory.WriteValidatedPositions();
        Assert.True(disk.Changes > changes + 10);
    }

    /// <summary>The kernel tells of a page that it could not write once, and then no sync knows of it.</summary>
    [Fact]
    public void A_failure_to_write_out_is_as_final_as_that_of_a_sync()
    {
        var test = new TestLog(config: _config);
        PartitionLog log = test.Open();
        for (int i = 0; i < 3; i++)
        {
            log.Append(TestLog.Batch());
        }

        test.Simulated.FailNext(SimulatedDiskCall.Sync, DiskError.NoSpace);
        Assert.Equal(ErrorCode.KafkaStorageError, log.WriteOutSealedSegments());
        Assert.NotNull(test.Directory.OfflineReason);
    }

    /// <summary>A removal that found no room goes on with the next, and is not durable before.</summary>
    [Fact]
    public void A_removal_that_was_refused_is_tried_again()
    {
        var test = new TestLog(config: _config);
        PartitionLog log = test.Open();
        for (int i = 0; i < 6; i++)
        {
            log.Append(TestLog.Batch());
        }

        lock (log.Gate)
        {
            log.AdvanceLogStartOffset(new Offset(4));
        }

        test.Simulated.FailNext(SimulatedDiskCall.Names, DiskError.NoSpace);
        log.DeleteOldSegments(TestLog.Now);
        Assert.Equal(ErrorCode.None, log.Flush());
        Assert.Equal(Offset.Zero, log.Flusher.DurableBase);
        Assert.True(test.Disk.FileExists($"{log.Identity.Directory}/00000000000000000000.log"));

        Assert.Equal(0, log.DeleteOldSegments(TestLog.Now).Segments);
        log.Append(TestLog.Batch());
        Assert.Equal(ErrorCode.None, log.Flush());
        Assert.Equal(new Offset(4), log.Flusher.DurableBase);
        Assert.False(test.Disk.FileExists($"{log.Identity.Directory}/00000000000000000000.log"));
    }

    /// <summary>What the appender leaves to others is not done yet when the process is killed.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_log_that_is_killed_right_after_a_roll_comes_back_whole(bool isNoted)
    {
        var test = new TestLog(config: _config);
        PartitionLog log = test.Open();
        byte[] last = TestLog.Batch(producerId: 4, baseSequence: 2);
        log.Append(TestLog.Batch(producerId: 4, baseSequence: 0));
        log.Append(TestLog.Batch(producerId: 4, baseSequence: 1));
        log.Append([.. last]);
        Assert.Equal(2, log.SegmentCount);
        if (isNoted)
        {
            test.Directory.WriteValidatedPositions();
        }

        log = test.Restart().Open();
        Assert.Equal(new Offset(3), log.LogEndOffset);
        Assert.True(log.Append([.. last]).IsDuplicate);
        Assert.True(test.Disk.FileExists($"{log.Identity.Directory}/00000000000000000000.timeindex"));
    }

    private static CrashingDisk NewDisk() => new(new SimulatedDisk(1), int.MaxValue, new Random(1));
}
