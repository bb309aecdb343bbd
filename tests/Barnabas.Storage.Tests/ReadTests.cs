using Barnabas.Kernel;
using Barnabas.Records;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

public sealed class ReadTests
{
    private readonly TestLog _test = new(config: LogConfig.Default with { SegmentBytes = 1000, RetentionMs = -1 });
    private readonly PartitionLog _log;

    public ReadTests()
    {
        _log = _test.Open();
        for (int i = 0; i < 30; i++)
        {
            _log.Append(TestLog.Batch(records: 2, valueBytes: 20, timestamp: TestLog.Now + (i * 100)), epoch: i / 10);
        }
    }

    [Fact]
    public void Every_offset_finds_its_batch_and_every_limit_ends_before_its_batch()
    {
        for (long from = 0; from < 60; from++)
        {
            for (long limit = 0; limit <= 60; limit++)
            {
                LogRead read = _log.Read(new Offset(from), 1 << 20, new Offset(limit), atLeastOneBatch: true);
                Assert.Equal(ErrorCode.None, read.Error);
                // Batches of two records: one that holds the limit in its middle is not returned.
                if ((from / 2 * 2) + 2 > limit)
                {
                    Assert.False(read.HasRegion, $"from {from} limit {limit}");
                    continue;
                }

                Assert.True(read.HasRegion);
                Assert.Equal(new Offset(from / 2 * 2), read.BaseOffset);
                foreach (RecordBatch batch in Batches(read))
                {
                    Assert.True(batch.NextOffset <= new Offset(limit) && batch.IsCrcValid());
                }
            }
        }
    }

    [Fact]
    public void A_read_that_stops_at_the_end_of_a_segment_says_that_there_is_more()
    {
        Offset from = Offset.Zero;
        int reads = 0;
        bool more = true;
        while (from < _log.LogEndOffset)
        {
            Assert.True(more);
            LogRead read = _log.Read(from, 1 << 20, _log.LogEndOffset, atLeastOneBatch: true);
            foreach (RecordBatch batch in Batches(read))
            {
                from = batch.NextOffset;
            }

            more = read.HasMoreSegments;
            reads++;
        }

        Assert.False(more);
        Assert.True(reads > 2);
        LogRead limited = _log.Read(Offset.Zero, 1 << 20, new Offset(2), atLeastOneBatch: true);
        Assert.False(limited.HasMoreSegments);
        limited.Region.File.Release();
    }

    [Fact]
    public void The_first_batch_comes_whole_or_not_at_all()
    {
        LogRead read = _log.Read(Offset.Zero, 10, _log.LogEndOffset, atLeastOneBatch: false);
        Assert.False(read.HasRegion);
        Assert.True(read.FirstBatchSize > 10);
        read = _log.Read(Offset.Zero, 10, _log.LogEndOffset, atLeastOneBatch: true);
        Assert.Equal(read.FirstBatchSize, read.Region.Count);
        read.Region.File.Release();
    }

    [Fact]
    public void A_large_batch_that_would_be_torn_is_left_out_and_each_offset_finds_its_batch()
    {
        const int Batches = 12;
        PartitionLog log = new TestLog().Open();
        for (int i = 0; i < Batches; i++)
        {
            // Sizes on both sides of what counts as large, each alone and beside the other.
            log.Append(TestLog.Batch(records: 3, valueBytes: i % 3 == 0 ? 500 : 6_000));
        }

        for (long from = 0; from < Batches * 3; from++)
        {
            for (int maxBytes = 1_000; maxBytes < 130_000; maxBytes += 7_777)
            {
                LogRead read = log.Read(new Offset(from), maxBytes, log.LogEndOffset, atLeastOneBatch: true);
                Assert.Equal(new Offset(from / 3 * 3), read.BaseOffset);
                Assert.InRange(read.Region.Count, read.FirstBatchSize, Math.Max(maxBytes, read.FirstBatchSize));
                byte[] bytes = new byte[read.Region.Count];
                read.Region.File.File.Read(bytes, read.Region.Position);
                read.Region.File.Release();
                int whole = 0;
                while (RecordBatch.Probe(bytes.AsSpan(whole), out int size) == BatchFrame.Whole)
                {
                    whole += size;
                }

                Assert.True(bytes.Length - whole < 8 * 1024, $"from {from}, {maxBytes}: {bytes.Length - whole} torn");
            }
        }
    }

    [Fact]
    public void A_read_that_must_not_wait_leaves_what_is_not_in_memory_to_one_that_may()
    {
        var disk = new ColdDisk();
        var test = new TestLog(disk: disk);
        PartitionLog log = test.Open();
        log.Append(TestLog.Batch());
        disk.IsCold = true;
        LogRead cold = log.Read(Offset.Zero, 1000, log.LogEndOffset, atLeastOneBatch: true, mayWait: false);
        Assert.Equal((ErrorCode.None, true, false), (cold.Error, cold.IsCold, cold.HasRegion));
        // The end of the log is known without a look at the file.
        Assert.False(log.Read(new Offset(1), 1000, log.LogEndOffset, atLeastOneBatch: true, mayWait: false).IsCold);
        LogRead waited = log.Read(Offset.Zero, 1000, log.LogEndOffset, atLeastOneBatch: true);
        Assert.Equal((false, true), (waited.IsCold, waited.HasRegion));
        waited.Region.File.Release();

        disk.IsCold = false;
        LogRead warm = log.Read(Offset.Zero, 1000, log.LogEndOffset, atLeastOneBatch: true, mayWait: false);
        Assert.True(warm.HasRegion);
        warm.Region.File.Release();
        log.ReleaseFiles();
        Assert.True(log.Read(Offset.Zero, 1000, log.LogEndOffset, atLeastOneBatch: true, mayWait: false).IsCold);
    }

    [Fact]
    public void Offsets_outside_the_log_are_refused_and_its_end_is_empty()
    {
        Assert.Equal(ErrorCode.OffsetOutOfRange, _log.Read(new Offset(61), 100, new Offset(100), true).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, _log.Read(new Offset(-1), 100, new Offset(100), true).Error);
        LogRead end = _log.Read(new Offset(60), 100, new Offset(100), true);
        Assert.Equal(ErrorCode.None, end.Error);
        Assert.False(end.HasRegion);
        lock (_log.Gate)
        {
            Assert.Equal(ErrorCode.OffsetOutOfRange, _log.AdvanceLogStartOffset(new Offset(61)));
            Assert.Equal(ErrorCode.None, _log.AdvanceLogStartOffset(new Offset(31)));
            Assert.Equal(ErrorCode.None, _log.AdvanceLogStartOffset(new Offset(5)));
        }

        Assert.Equal(new Offset(31), _log.LogStartOffset);
        Assert.Equal(ErrorCode.OffsetOutOfRange, _log.Read(new Offset(30), 100, new Offset(100), true).Error);
    }

    [Fact]
    public void A_reader_keeps_the_file_that_retention_takes_away()
    {
        LogRead read = _log.Read(Offset.Zero, 1 << 20, _log.LogEndOffset, atLeastOneBatch: true);
        lock (_log.Gate)
        {
            _log.AdvanceLogStartOffset(new Offset(40));
        }

        Assert.True(_log.DeleteOldSegments(TestLog.Now).Segments > 0);
        _test.Directory.RemoveDeleted(long.MaxValue);
        Assert.NotEmpty(BatchList(read));
        Assert.Equal(ErrorCode.OffsetOutOfRange, _log.Read(Offset.Zero, 100, _log.LogEndOffset, true).Error);
        _test.Directory.SyncMade();
        TestLog again = _test.Restart(losePower: true);
        Assert.True(again.Open().LogEndOffset <= new Offset(60));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void A_reader_that_comes_while_a_log_begins_anew_finds_nothing_but_no_failure_either(long start)
    {
        var trace = new SimulatedTrace();
        var test = new TestLog(config: _test.Config, disk: new SimulatedDisk(1, trace: trace));
        PartitionLog log = test.Open();
        for (int i = 0; i < 60; i++)
        {
            log.Append(TestLog.Batch());
        }

        log.ReleaseFiles();
        int reads = 0;
        bool isReading = false;
        trace.Listener = (kind, _, _) =>
        {
            if (kind == SimulatedTraceKind.Names && !isReading)
            {
                isReading = true;
                LogRead read = log.Read(new Offset(40), 100, new Offset(60), atLeastOneBatch: true);
                reads += read.HasRegion ? 0 : 1;
                (read.HasRegion ? read.Region.File : null)?.Release();
                log.ReleaseFiles();
                isReading = false;
            }
        };
        lock (log.Gate)
        {
            Assert.Equal(ErrorCode.None, log.TruncateFullyAndStartAt(new Offset(start), TestLog.Now));
        }

        trace.Listener = null;
        Assert.True(reads > 5, $"{reads} reads");
        Assert.Null(test.Directory.OfflineReason);
        Assert.Equal(new Offset(start), log.Append(TestLog.Batch()).BaseOffset);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(TestLog.Now, 0)]
    [InlineData(TestLog.Now + 1, 1)]
    [InlineData(TestLog.Now + 2, 2)]
    [InlineData(TestLog.Now + 1450, 30)]
    [InlineData(TestLog.Now + 2901, 59)]
    [InlineData(TestLog.Now + 2902, -1)]
    [InlineData(SearchedTimestamp.Latest, 60)]
    [InlineData(SearchedTimestamp.Earliest, 0)]
    [InlineData(SearchedTimestamp.EarliestLocal, 0)]
    [InlineData(SearchedTimestamp.Max, 59)]
    [InlineData(SearchedTimestamp.LatestTiered, -1)]
    [InlineData(SearchedTimestamp.EarliestPendingUpload, -1)]
    public void A_timestamp_finds_the_first_record_that_is_not_earlier(long timestamp, long offset)
    {
        TimestampOffset found = _log.FindOffsetByTimestamp(timestamp);
        Assert.Equal(ErrorCode.None, found.Error);
        Assert.Equal(new Offset(offset), found.Offset);
    }

    [Fact]
    public void Truncation_takes_whole_batches_epochs_and_producers_and_the_log_goes_on()
    {
        lock (_log.Gate)
        {
            Assert.Equal(ErrorCode.None, _log.TruncateTo(new Offset(25), TestLog.Now));
        }

        Assert.Equal(new Offset(24), _log.LogEndOffset);
        Assert.Equal(new Offset(24), _log.HighWatermark);
        Assert.Equal(new LeaderEpoch(1), _log.LeaderEpochs.Latest);
        Assert.Equal(new Offset(24), _log.Append(TestLog.Batch(), epoch: 9).BaseOffset);
        LogScript.BatchesOf(_log);
        lock (_log.Gate)
        {
            Assert.Equal(ErrorCode.None, _log.TruncateFullyAndStartAt(new Offset(500), TestLog.Now));
        }

        Assert.Equal(new Offset(500), _log.LogStartOffset);
        Assert.Equal(new Offset(500), _log.Append(TestLog.Batch(), epoch: 9).BaseOffset);
        Assert.Equal(1, _log.SegmentCount);
    }

    [Fact]
    public async Task Readers_on_other_threads_see_only_whole_batches_while_the_writer_goes_on()
    {
        LogConfig config = LogConfig.Default with { SegmentBytes = 4000, IndexIntervalBytes = 100 };
        PartitionLog log = new TestLog(config: config, disk: new LockedDisk()).Open();
        using var stop = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                log.ReadAll(maxBytes: 1000);
            }
        }))];
        for (int i = 0; i < 1500; i++)
        {
            Assert.Equal(ErrorCode.None, log.Append(TestLog.Batch(records: 1 + (i % 3))).Error);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static List<byte[]> BatchList(LogRead read)
    {
        var bytes = new byte[read.Region.Count];
        read.Region.File.File.Read(bytes, read.Region.Position);
        read.Region.File.Release();
        var list = new List<byte[]>();
        var batches = new RecordBatchIterator(bytes);
        while (batches.MoveNext())
        {
            list.Add(batches.Current.Bytes.ToArray());
        }

        return list;
    }

    private static RecordBatchIterator Batches(LogRead read)
    {
        var bytes = new byte[read.Region.Count];
        Assert.Equal(bytes.Length, read.Region.File.File.Read(bytes, read.Region.Position));
        read.Region.File.Release();
        return new RecordBatchIterator(bytes);
    }
}
