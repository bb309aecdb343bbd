using Barnabas.Kernel;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

/// <summary>
/// Many partitions at once: made without a wait each, closed by one sync of everything, deleted together. Stopped at
/// every call that changes the disk.
/// </summary>
public sealed class ManyLogsTests
{
    private const int Logs = 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_crash_of_a_close_keeps_what_the_marker_and_the_recovery_points_promise(int seed)
    {
        int crashes = 0;
        for (int crashAt = 1; RunAndRecover(seed, crashAt); crashAt++)
        {
            crashes++;
        }

        Assert.True(crashes > 4 * Logs, $"{crashes} crashes");
    }

    [Fact]
    public void A_clean_close_of_many_logs_survives_a_loss_of_power_with_all_they_hold()
    {
        var test = new TestLog();
        List<PartitionLog> logs = MakeAndFill(test);
        foreach (PartitionLog log in logs)
        {
            log.Append(TestLog.Batch(producerId: 5, baseSequence: 0), epoch: 3);
        }

        Assert.True(test.Directory.Close(7));
        TestLog again = test.Restart(losePower: true);
        Assert.True(again.Directory.WasCleanShutdown);
        for (int number = 0; number < Logs; number++)
        {
            PartitionLog log = again.Open(Id(number));
            Assert.Equal(new Offset(number + 1), log.LogEndOffset);
            Assert.Equal(log.LogEndOffset, log.RecoveryPoint);
            Assert.Equal(new LeaderEpoch(3), log.LeaderEpochs.Latest);
            Assert.Equal(1, log.ProducerCount);
            Assert.Equal(0, log.Recovery.BytesValidated);
        }
    }

    /// <summary>What nobody touched is as durable as it was: the stop costs no call per log.</summary>
    [Fact]
    public void A_close_leaves_idle_logs_alone()
    {
        var test = new TestLog();
        MakeAndFill(test);
        Assert.True(test.Directory.Close(1));
        var counting = new CrashingDisk(test.Simulated, int.MaxValue, new Random(1));
        test.Simulated.EndProcess();
        var again = new TestLog(2, disk: counting);
        for (int number = 0; number < Logs; number++)
        {
            PartitionLog log = again.Open(Id(number));
            lock (log.Gate)
            {
                log.BeginEpoch(new LeaderEpoch(9));
            }
        }

        int before = counting.Changes;
        Assert.True(again.Directory.Close(2));
        // Three checkpoints and the marker of five calls each, the positions of three.
        Assert.Equal(23, counting.Changes - before);
    }

    [Fact]
    public void A_failed_sync_of_everything_takes_the_directory_offline_and_writes_no_marker()
    {
        var test = new TestLog();
        MakeAndFill(test);
        test.Simulated.FailNext(SimulatedDiskCall.Sync, DiskError.NoSpace);
        Assert.False(test.Directory.Close(1));
        Assert.NotNull(test.Directory.OfflineReason);
        Assert.False(test.Restart().Directory.WasCleanShutdown);
    }

    [Fact]
    public void Partitions_made_are_there_after_a_loss_of_power_once_they_were_synced()
    {
        var test = new TestLog();
        MakeAndFill(test);
        test.Directory.SyncMade();
        TestLog again = test.Restart(losePower: true);
        Assert.Equal(Logs, again.Directory.PartitionsAtStart.Count);
        for (int number = 0; number < Logs; number++)
        {
            again.Open(Id(number));
        }
    }

    [Fact]
    public void Deleting_many_rewrites_the_checkpoints_once()
    {
        var counting = new CrashingDisk(new SimulatedDisk(3), int.MaxValue, new Random(1));
        var test = new TestLog(disk: counting);
        MakeAndFill(test);
        int before = counting.Changes;
        test.Directory.Delete([.. Enumerable.Range(0, Logs).Select(Id)], TestLog.Now);
        Assert.Equal(0, test.Directory.LogCount);
        // A rename each; two checkpoints of five calls each; the sync of the directory.
        Assert.Equal(Logs + 11, counting.Changes - before);
    }

    /// <summary>
    /// A topic deleted and made anew under its name in the second in which the power went: without its id nobody can
    /// tell whose the records are.
    /// </summary>
    [Fact]
    public void Records_whose_topic_id_was_lost_are_not_given_to_whoever_has_the_name()
    {
        var test = new TestLog();
        test.Open().Append(TestLog.Batch());
        test.Directory.Delete([], TestLog.Now);
        using (IDiskFile file = test.Disk.Open("/data/orders-0/partition.metadata", FileOpening.ReadWrite))
        {
            file.SetLength(0);
        }

        TestLog again = test.Restart();
        LogOpenResult refused = again.Directory.Open(TestLog.Partition, TestLog.TopicId, again.Config, TestLog.Now);
        Assert.Equal(ErrorCode.InconsistentTopicId, refused.Error);
        Assert.NotNull(again.Directory.SetAside(TestLog.Partition));
        Assert.Equal(Offset.Zero, again.Open().LogEndOffset);
    }

    [Fact]
    public void A_partition_without_records_takes_the_id_that_is_asked_for_where_its_own_was_lost()
    {
        var test = new TestLog();
        test.Open();
        using (IDiskFile file = test.Disk.Open("/data/orders-0/partition.metadata", FileOpening.ReadWrite))
        {
            file.SetLength(0);
        }

        test.Restart().Open();
        TestLog other = test.Restart();
        Assert.Equal(
            ErrorCode.InconsistentTopicId,
            other.Directory.Open(TestLog.Partition, new Uuid(8, 9), other.Config, TestLog.Now).Error);
    }

    [Fact]
    public void The_first_records_of_many_cost_one_sync_when_they_are_noted()
    {
        var counting = new CrashingDisk(new SimulatedDisk(3), int.MaxValue, new Random(1));
        var test = new TestLog(disk: counting);
        MakeAndFill(test);
        int before = counting.Changes;
        test.Directory.WriteValidatedPositions();
        // The epochs of all but the empty log: opened, written, renamed. One sync; and the positions themselves.
        Assert.Equal((3 * (Logs - 1)) + 1 + 3, counting.Changes - before);
    }

    [Fact]
    public void A_partition_deleted_while_many_are_noted_is_no_failure()
    {
        var disk = new CrashingDisk(new SimulatedDisk(3), int.MaxValue, new Random(1));
        var test = new TestLog(disk: disk);
        MakeAndFill(test);
        disk.BeforeSyncAll = () => test.Directory.Delete([Id(7)], TestLog.Now);
        test.Directory.WriteValidatedPositions();
        Assert.Null(test.Directory.OfflineReason);
    }

    [Fact]
    public void A_kill_at_any_call_of_the_noting_loses_nothing()
    {
        bool hasCrashed;
        int crashes = 0;
        do
        {
            var simulated = new SimulatedDisk((ulong)(100 + crashes));
            var disk = new CrashingDisk(simulated, int.MaxValue, new Random(crashes));
            var test = new TestLog(disk: disk);
            MakeAndFill(test);
            disk.CrashAt = disk.Changes + ++crashes;
            try
            {
                test.Directory.WriteValidatedPositions();
            }
            catch (PowerLossException)
            {
                // Killed: what was written stays.
            }

            hasCrashed = disk.HasCrashed;
            simulated.EndProcess();
            var again = new TestLog(99, disk: simulated);
            for (int number = 0; number < Logs; number++)
            {
                PartitionLog log = again.Open(Id(number));
                Assert.Equal(new Offset(number), log.LogEndOffset);
                Assert.Equal(new LeaderEpoch((number + 6) / 7 - 1), log.LeaderEpochs.Latest);
                Assert.Null(log.Recovery.Reason);
            }
        }
        while (hasCrashed);
        Assert.True(crashes > 3 * Logs, $"{crashes} crashes");
    }

    /// <summary>Thousands of partitions with a few records each hold no space that they do not use.</summary>
    [Fact]
    public void A_small_log_reserves_nothing()
    {
        var test = new TestLog();
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch());
        long before = test.Simulated.UsedBytes;
        log.Append(TestLog.Batch());
        Assert.Equal(before, test.Simulated.UsedBytes);
        log.Append(TestLog.Batch(valueBytes: 4_000));
        Assert.True(test.Simulated.UsedBytes > before + 60_000);
    }

    private static bool RunAndRecover(int seed, int crashAt)
    {
        var simulated = new SimulatedDisk((ulong)((seed * 7919) + crashAt));
        var disk = new CrashingDisk(simulated, int.MaxValue, new Random(crashAt));
        var test = new TestLog((ulong)seed, disk: disk);
        MakeAndFill(test);
        bool closed = false;
        disk.CrashAt = disk.Changes + crashAt;
        try
        {
            closed = test.Directory.Close(1);
        }
        catch (PowerLossException)
        {
            // What the test is about.
        }

        simulated.LosePower();
        var again = new TestLog(99, disk: simulated);
        // The marker is the last thing written: where it is, all is.
        bool isClean = again.Directory.WasCleanShutdown;
        Assert.True(isClean || !closed);
        foreach (TopicPartition id in again.Directory.PartitionsAtStart)
        {
            LogOpenResult result = again.Directory.Open(id, TestLog.TopicId, again.Config, TestLog.Now);
            Assert.True(result.Error is ErrorCode.None or ErrorCode.InconsistentTopicId, result.Message);
            if (isClean)
            {
                Assert.Equal(new Offset(id.Partition), result.Log!.LogEndOffset);
            }
        }

        return disk.HasCrashed;
    }

    private static TopicPartition Id(int number) => new("orders", number);

    // As many records in each as its number says, so that some are empty.
    private static List<PartitionLog> MakeAndFill(TestLog test)
    {
        var logs = new List<PartitionLog>();
        for (int number = 0; number < Logs; number++)
        {
            PartitionLog log = test.Open(Id(number));
            for (int record = 0; record < number; record++)
            {
                log.Append(TestLog.Batch(timestamp: TestLog.Now + record), epoch: record / 7);
            }

            logs.Add(log);
        }

        return logs;
    }
}
