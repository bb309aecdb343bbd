using System.Diagnostics;

using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Records;

using Xunit.Abstractions;

namespace Barnabas.Storage.Tests;

/// <summary>What only the real disk can show: allocation, restart times, reservations.</summary>
public sealed class RealDiskTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("barnabas-storage").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Appends_and_reads_allocate_nothing_once_the_log_is_warm()
    {
        PartitionLog log = new TestLog(disk: new LinuxDisk(), root: _root).Open();
        byte[] template = TestLog.Batch(records: 10, producerId: 4, baseSequence: 0);
        byte[] batch = template.ToArray();
        int sequence = 0;
        for (int i = 0; i < 2000; i++)
        {
            AppendAndRead(log, template, batch, ref sequence);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            AppendAndRead(log, template, batch, ref sequence);
        }

        // Index arrays may double once: 8 and 12 bytes per 4 KiB of log.
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{allocated} bytes for 1000 appends and reads");
        Assert.True(allocated < 32 * 1024, $"{allocated} bytes");
    }

    [Fact]
    public void Blocks_that_were_reserved_ahead_do_not_change_the_length_that_Kafka_sees()
    {
        var test = new TestLog(disk: new LinuxDisk(), root: _root);
        PartitionLog log = test.Open();
        byte[] batch = TestLog.Batch(valueBytes: 1000);
        log.Append(batch.ToArray());
        Assert.Equal(batch.Length, new FileInfo(log.Contents.Segments.Active.Path).Length);
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1001, 1)]
    public void Records_without_timestamps_are_as_old_as_their_file_also_after_a_restart(int age, int segments)
    {
        LogConfig config = LogConfig.Default with { RetentionMs = 1000 };
        var before = new TestLog(config: config, disk: new LinuxDisk(), root: _root);
        PartitionLog log = before.Open();
        Assert.Equal(ErrorCode.None, log.Append(TestLog.Batch(timestamp: RecordBatch.NoTimestamp)).Error);
        string path = log.Contents.Segments.Active.Path;
        Assert.True(before.Directory.Close(1));
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddMilliseconds(TestLog.Now - age));

        log = new TestLog(config: config, disk: new LinuxDisk(), root: _root).Open();
        lock (log.Gate)
        {
            log.UpdateHighWatermark(log.LogEndOffset);
        }

        Assert.Equal(segments, log.DeleteOldSegments(TestLog.Now).Segments);
    }

    [Fact]
    public void Many_partitions_open_quickly_after_a_clean_stop_and_after_a_kill()
    {
        const int Partitions = 50;
        var test = new TestLog(disk: new LinuxDisk(), root: _root);
        for (int i = 0; i < Partitions; i++)
        {
            test.Open(new TopicPartition("many", i)).Append(TestLog.Batch());
        }

        test.Directory.WriteValidatedPositions();
        test.Directory.Dispose();
        TestLog killed = Time("kill", Partitions, out TimeSpan afterKill);
        Assert.True(killed.Directory.Close(1));
        Time("clean stop", Partitions, out TimeSpan afterStop);
        // Measured: some 0.2 ms per partition on a quiet machine. The bound only catches what grows with the log.
        Assert.True(afterKill + afterStop < TimeSpan.FromSeconds(10), $"{afterKill} and {afterStop}");
    }

    private TestLog Time(string what, int partitions, out TimeSpan elapsed)
    {
        long start = Stopwatch.GetTimestamp();
        var test = new TestLog(disk: new LinuxDisk(), root: _root);
        for (int i = 0; i < partitions; i++)
        {
            PartitionLog log = test.Open(new TopicPartition("many", i));
            Assert.Equal(new Offset(1), log.LogEndOffset);
            Assert.Equal(0, log.Recovery.BytesValidated);
        }

        elapsed = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"{partitions} partitions after a {what}: {elapsed.TotalMilliseconds:0.0} ms");
        return test;
    }

    private static void AppendAndRead(PartitionLog log, byte[] template, byte[] batch, ref int sequence)
    {
        // No assertions of the test library here: they allocate.
        template.CopyTo(batch, 0);
        new MutableRecordBatch(batch).SetProducer(new ProducerIdAndEpoch(4, 0), sequence, transactional: false);
        sequence += 10;
        lock (log.Gate)
        {
            AppendResult appended = log.AppendAsLeader(batch, new LeaderEpoch(1), AppendOrigin.Client, TestLog.Now);
            Invariant.That(appended.Error == ErrorCode.None);
            log.UpdateHighWatermark(log.LogEndOffset);
            LogRead read = log.Read(appended.BaseOffset, 1 << 20, log.HighWatermark, atLeastOneBatch: true);
            Invariant.That(read.Region.Count == batch.Length);
            read.Region.File.Release();
        }
    }
}
