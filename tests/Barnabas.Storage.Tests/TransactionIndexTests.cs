using Barnabas.Kernel;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

/// <summary>The index of aborted transactions follows the log. Kafka/ compares it with what Kafka writes.</summary>
public sealed class TransactionIndexTests
{
    private const string FirstIndex = "/data/orders-0/00000000000000000000.txnindex";

    private readonly TestLog _test = new();
    private PartitionLog _log;

    public TransactionIndexTests()
    {
        _log = _test.Open();
    }

    [Fact]
    public void There_is_no_index_before_something_is_aborted()
    {
        Send(1);
        End(1, isAbort: false);
        Assert.False(_test.Disk.FileExists(FirstIndex));
        Assert.Empty(Find(0));
        Send(1);
        End(1, isAbort: true);
        Assert.True(_test.Disk.FileExists(FirstIndex));
    }

    [Fact]
    public void A_range_is_told_what_overlaps_it_also_from_later_segments()
    {
        Send(1); // 0
        Send(2); // 1
        End(2, isAbort: true); // 2
        Roll();
        Send(2); // 3
        End(1, isAbort: true); // 4
        Roll();
        End(2, isAbort: true); // 5

        Assert.Equal([(2, 1), (1, 0), (2, 3)], Find(0));
        // What ends behind the range began in it.
        Assert.Equal([(1, 0)], Find(0, 1));
        Assert.Equal([(2, 1), (1, 0)], Find(0, 3));
        Assert.Equal([(1, 0), (2, 3)], Find(3));
        Assert.Equal([(2, 3)], Find(5));
        Assert.Empty(Find(6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Truncation_takes_back_what_its_markers_said(bool reopen)
    {
        for (int i = 0; i < 200; i++)
        {
            Send(1);
            End(1, isAbort: true);
        }

        lock (_log.Gate)
        {
            // The marker at 301 goes, and the transaction of 300 is open again.
            Assert.Equal(ErrorCode.None, _log.TruncateTo(new Offset(301), TestLog.Now));
        }

        if (reopen)
        {
            _log = _test.Restart().Open();
        }

        Assert.Equal(150 * TransactionIndex.EntrySize, LengthOfFirstIndex());
        Assert.Equal(new Offset(300), _log.OldestTransaction!.Value.FirstOffset);
        Assert.Equal((1, 298), Find(0)[^1]);
        End(1, isAbort: false);
        Send(1);
        End(1, isAbort: true);
        Assert.Equal((1, 302), Find(0)[^1]);
        Assert.Equal(151, Find(0).Length);

        lock (_log.Gate)
        {
            Assert.Equal(ErrorCode.None, _log.TruncateTo(Offset.Zero, TestLog.Now));
        }

        Assert.Empty(Find(0));
        Assert.Equal(0, LengthOfFirstIndex());
    }

    [Fact]
    public void A_marker_is_refused_when_there_is_no_room_for_its_entry_and_taken_when_there_is()
    {
        Send(1);
        _test.Simulated.FailNext(SimulatedDiskCall.Write, DiskError.NoSpace);
        Assert.Equal(ErrorCode.KafkaStorageError, _log.AppendTransactional(TestLog.Marker(1, isAbort: true)).Error);
        Assert.Equal(new Offset(1), _log.LogEndOffset);
        Assert.Equal(Offset.Zero, _log.OldestTransaction!.Value.FirstOffset);
        Assert.Empty(Find(0));

        End(1, isAbort: true);
        Assert.Equal([(1, 0)], Find(0));
        Assert.Null(_log.OldestTransaction);
    }

    [Fact]
    public void What_was_flushed_survives_a_loss_of_power()
    {
        Send(1);
        End(1, isAbort: true);
        Assert.Equal(ErrorCode.None, _log.Flush());
        _test.Directory.CheckpointOffsets();
        TestLog again = _test.Restart(losePower: true);
        Assert.Equal(TransactionIndex.EntrySize, LengthOfFirstIndex());
        _log = again.Open();
        Assert.Equal([(1, 0)], Find(0));
    }

    [Fact]
    public void A_disk_that_fails_is_told_and_not_taken_for_an_empty_index()
    {
        Send(1);
        End(1, isAbort: true);
        _test.Simulated.FailNext(SimulatedDiskCall.Read, DiskError.Failed);
        Assert.Equal(ErrorCode.KafkaStorageError, _log.FindAborted(Offset.Zero, _log.LogEndOffset, out _));
        Assert.NotNull(_log.OfflineReason);
    }

    [Fact]
    public void Records_that_were_deleted_meanwhile_are_out_of_range()
    {
        Send(1);
        End(1, isAbort: true);
        lock (_log.Gate)
        {
            Assert.Equal(ErrorCode.None, _log.AdvanceLogStartOffset(new Offset(2)));
        }

        Assert.Equal(ErrorCode.OffsetOutOfRange, _log.FindAborted(Offset.Zero, _log.LogEndOffset, out _));
    }

    [Fact]
    public void The_limit_of_a_read_lies_behind_its_records_and_near_them()
    {
        for (int i = 0; i < 500; i++)
        {
            _log.Append(TestLog.Batch(valueBytes: 100));
        }

        LogRead all = _log.Read(Offset.Zero, 1 << 20, _log.LogEndOffset, atLeastOneBatch: true);
        all.Region.File.Release();
        Assert.Equal(new Offset(500), all.Limit);
        LogRead stable = _log.Read(Offset.Zero, 1 << 20, new Offset(321), atLeastOneBatch: true);
        stable.Region.File.Release();
        Assert.Equal(new Offset(321), stable.Limit);
        LogRead some = _log.Read(Offset.Zero, 5_000, _log.LogEndOffset, atLeastOneBatch: true);
        some.Region.File.Release();
        int records = some.Region.Count / some.FirstBatchSize;
        int slack = 2 * _test.Config.IndexIntervalBytes / some.FirstBatchSize;
        Assert.InRange(some.Limit.Value, records, records + slack);
    }

    private void Send(long producer) => Assert.Equal(
        ErrorCode.None,
        _log.AppendTransactional(TestLog.Batch(producerId: producer, baseSequence: 0, transactional: true)).Error);

    private void End(long producer, bool isAbort) =>
        Assert.Equal(ErrorCode.None, _log.AppendTransactional(TestLog.Marker(producer, isAbort)).Error);

    private void Roll()
    {
        lock (_log.Gate)
        {
            Assert.Equal(ErrorCode.None, _log.Roll(TestLog.Now));
        }
    }

    private (long ProducerId, long FirstOffset)[] Find(long from, long? limit = null)
    {
        Assert.Equal(
            ErrorCode.None,
            _log.FindAborted(
                new Offset(from), limit is { } given ? new Offset(given) : _log.LogEndOffset,
                out List<AbortedTransaction>? found));
        Assert.True(found is null or { Count: > 0 });
        return [.. (found ?? []).Select(static each => (each.ProducerId, each.FirstOffset.Value))];
    }

    private long LengthOfFirstIndex()
    {
        using IDiskFile file = _test.Disk.Open(FirstIndex, FileOpening.Read);
        return file.Length;
    }
}
