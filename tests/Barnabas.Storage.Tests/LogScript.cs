using Barnabas.Kernel;
using Barnabas.Records;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

/// <summary>A random but repeatable life of a log, and what must be true after it was cut short.</summary>
internal static class LogScript
{
    /// <summary>Scripts from here on begin the log anew at times, as a follower does that is too far behind.</summary>
    private const int Restarting = 9;

    private static readonly LogConfig _config = LogConfig.Default with
    {
        SegmentBytes = 1500,
        IndexIntervalBytes = 200,
        RetentionMs = -1,
        FileDeleteDelayMs = 10,
    };

    public static void Run(IDisk disk, int script, int steps, LogModel model)
    {
        var random = new Random(script);
        var test = new TestLog((ulong)script, _config, disk);
        PartitionLog log = test.Open();
        var sequences = new int[4];
        int epoch = 0;
        for (int step = 0; step < steps; step++)
        {
            switch (random.Next(20))
            {
                case 0:
                    Assert.Equal(ErrorCode.None, log.Flush());
                    model.Synced = log.RecoveryPoint;
                    break;
                case 1:
                    Assert.Equal(ErrorCode.None, log.FlushRecords());
                    model.Synced = log.RecoveryPoint;
                    break;
                case 2:
                    log.WriteOutSealedSegments();
                    log.FlushSealedSegments();
                    model.Synced = log.RecoveryPoint;
                    break;
                case 3:
                    test.Directory.CheckpointOffsets();
                    break;
                case 4:
                    test.Directory.WriteValidatedPositions();
                    break;
                case 5:
                    epoch++;
                    break;
                case 6 when random.Next(3) == 0:
                    epoch++;
                    Array.Clear(sequences);
                    long cut = random.NextInt64(log.LogStartOffset.Value, log.LogEndOffset.Value + 1);
                    Truncate(log, model, new Offset(cut));
                    break;
                case 6 or 7 when script >= Restarting && random.Next(3) == 0:
                    epoch++;
                    Array.Clear(sequences);
                    Restart(log, model, log.LogEndOffset + random.Next(3));
                    break;
                case 7 when random.Next(3) == 0:
                    Delete(test, log, model, random);
                    break;
                case 8 or 9 or 10:
                    Transact(log, model, random, epoch);
                    break;
                default:
                    Append(log, model, random, sequences, epoch);
                    break;
            }

            CheckBounds(log);
            test.Directory.RemoveDeleted(TestLog.Now + step);
        }
    }

    public static void VerifyRecovery(IDisk disk, LogModel model, bool losePower)
    {
        var test = new TestLog(99, _config, disk);
        PartitionLog log = OpenAfterCrash(test, mayHaveLostId: losePower && model.Synced == Offset.Zero);
        CheckBounds(log);
        List<byte[]> recovered = BatchesOf(log);
        Assert.True(model.Allows(recovered, losePower), $"{recovered.Count} batches are no part of what was written");
        Assert.True(log.LogEndOffset >= model.Synced, $"ends at {log.LogEndOffset}, synced was {model.Synced}");
        CheckStart(log, model);
        if (!losePower && !model.IsTruncating)
        {
            Assert.True(log.LogEndOffset >= model.End, $"ends at {log.LogEndOffset}, {model.End} was acknowledged");
        }

        VerifyDerivedState(test, log);
        // And it is a log to go on with.
        GoOn(log, recovered);
        Assert.Equal(ErrorCode.None, log.Flush());
    }

    /// <summary>
    /// A loss of power, with new records behind those that the crash before has left: nothing of what was cut off
    /// before it may come back behind or among them.
    /// </summary>
    public static void VerifyLaterLossOfPower(SimulatedDisk disk)
    {
        var test = new TestLog(99, _config, disk);
        PartitionLog log = OpenAfterCrash(test, mayHaveLostId: true);
        test.Directory.CheckpointOffsets();
        test.Directory.SyncMade();
        var model = new LogModel { LogStart = log.LogStartOffset };
        model.Current.AddRange(BatchesOf(log));
        for (int i = 0; i < 8; i++)
        {
            GoOn(log, model.Current);
        }

        disk.LosePower();
        test = new TestLog(100, _config, disk);
        log = test.Open();
        // Segments below the start may be there again: nobody is served from them.
        List<byte[]> served = BatchesOf(log).FindAll(batch => new RecordBatch(batch).NextOffset > log.LogStartOffset);
        Assert.True(model.Allows(served, losePower: true), "what was cut off is there again");
        CheckStart(log, model);
        VerifyDerivedState(test, log);
    }

    // Whose the records are can be lost with the power, but only before anything was synced. Then they are set aside.
    private static PartitionLog OpenAfterCrash(TestLog test, bool mayHaveLostId)
    {
        LogOpenResult opened = test.Directory.Open(TestLog.Partition, TestLog.TopicId, _config, TestLog.Now);
        if (opened.Error == ErrorCode.InconsistentTopicId)
        {
            Assert.True(mayHaveLostId);
            Assert.NotNull(test.Directory.SetAside(TestLog.Partition));
        }

        return test.Open();
    }

    private static void GoOn(PartitionLog log, List<byte[]> batches)
    {
        byte[] batch = TestLog.Batch(records: 2, valueBytes: 60);
        Assert.Equal(ErrorCode.None, log.Append(batch, epoch: 1000).Error);
        batches.Add(batch);
    }

    /// <summary>Indexes, epochs and producers against the naive reading of the files.</summary>
    public static void VerifyDerivedState(TestLog test, PartitionLog log)
    {
        var epochs = new LeaderEpochCache();
        var producers = new ProducerState();
        var aborted = new List<AbortedTransaction>();
        Offset next = Offset.Zero;
        LeaderEpoch last = LeaderEpoch.None;
        foreach (Segment segment in log.Contents.Segments.All)
        {
            var rebuilt = new SegmentIndexes(test.Disk, "/nowhere", segment.BaseOffset);
            SegmentSearch.RebuildIndexes(segment, rebuilt, _config.IndexIntervalBytes);
            Assert.Equal(rebuilt.Offsets.Entries.ToArray(), segment.Indexes.Offsets.Entries.ToArray());
            foreach (byte[] bytes in BatchesOf(segment))
            {
                var batch = new RecordBatch(bytes);
                Assert.True(batch.IsCrcValid());
                Assert.True(batch.BaseOffset >= next, "offsets must rise");
                Assert.True(batch.PartitionLeaderEpoch >= last, "epochs must not fall");
                next = batch.NextOffset;
                last = batch.PartitionLeaderEpoch;
                epochs.Assign(batch.PartitionLeaderEpoch, batch.BaseOffset);
                if (batch.LastOffset >= log.LogStartOffset && producers.Apply(batch) is { } transaction)
                {
                    aborted.Add(transaction);
                }
            }
        }

        Assert.Equal(log.LogEndOffset, Offset.Max(next, log.LogStartOffset));
        epochs.TruncateFromStart(log.LogStartOffset);
        epochs.TruncateFromEnd(log.LogEndOffset);
        if (log.LogStartOffset == log.LogEndOffset)
        {
            // Of a log without records the epoch of the last one may still be known, or not.
            Assert.True(log.LeaderEpochs.Entries.Length <= 1);
        }
        else
        {
            Assert.Equal(epochs.Entries.ToArray(), log.LeaderEpochs.Entries.ToArray());
        }

        foreach (ProducerStateEntry expected in producers.Entries)
        {
            ProducerStateEntry? found = log.Contents.Producers.Entries
                .FirstOrDefault(entry => entry.ProducerId == expected.ProducerId);
            Assert.NotNull(found);
            Assert.Equal(expected.LastSequence, found.LastSequence);
            Assert.Equal(expected.Epoch, found.Epoch);
            Assert.Equal(expected.CurrentTransactionFirstOffset >= 0, found.CurrentTransactionFirstOffset >= 0);
        }

        VerifyAborted(log, aborted);
    }

    // The indexes may know more: of a transaction whose records have been deleted but for the marker, and where one
    // began before it.
    private static void VerifyAborted(PartitionLog log, List<AbortedTransaction> expected)
    {
        Assert.Equal(
            ErrorCode.None,
            log.FindAborted(log.LogStartOffset, log.LogEndOffset, out List<AbortedTransaction>? found));
        found ??= [];
        Assert.All(expected, each => Assert.Contains(
            found,
            known => (known.ProducerId, known.LastOffset) == (each.ProducerId, each.LastOffset)
                && Offset.Max(known.FirstOffset, log.LogStartOffset)
                    == Offset.Max(each.FirstOffset, log.LogStartOffset)));
        Assert.All(found, known => Assert.True(
            known.FirstOffset < log.LogStartOffset || expected.Exists(each => each.LastOffset == known.LastOffset)));
    }

    public static List<byte[]> BatchesOf(PartitionLog log)
    {
        var batches = new List<byte[]>();
        foreach (Segment segment in log.Contents.Segments.All)
        {
            batches.AddRange(BatchesOf(segment));
        }

        return batches;
    }

    private static List<byte[]> BatchesOf(Segment segment)
    {
        var batches = new List<byte[]>();
        var bytes = new byte[segment.Size];
        SharedDiskFile file = segment.AcquireFile();
        Assert.Equal(bytes.Length, file.File.Read(bytes, 0));
        file.Release();
        var walk = new RecordBatchIterator(bytes);
        while (walk.MoveNext())
        {
            batches.Add(walk.Current.Bytes.ToArray());
        }

        Assert.Equal(BatchFrame.Whole, walk.End);
        return batches;
    }

    private static void Append(PartitionLog log, LogModel model, Random random, int[] sequences, int epoch)
    {
        int producer = random.Next(sequences.Length);
        int records = random.Next(1, 5);
        bool idempotent = producer > 0;
        byte[] batch = TestLog.Batch(
            records,
            random.Next(1, 150),
            TestLog.Now + random.Next(1000),
            idempotent ? producer : -1,
            (short)epoch,
            idempotent ? sequences[producer] : -1);
        model.Pending = batch;
        // Producer epochs follow leader epochs here, so sequences begin at 0 with each.
        AppendResult result = log.Append(batch, epoch);
        if (result.Error == ErrorCode.OutOfOrderSequenceNumber && idempotent)
        {
            sequences[producer] = 0;
            model.Pending = null;
            return;
        }

        Assert.Equal(ErrorCode.None, result.Error);
        Assert.Equal(model.End, result.BaseOffset);
        sequences[producer] += records;
        model.Append(batch);
    }

    private static void Transact(PartitionLog log, LogModel model, Random random, int epoch)
    {
        int producer = 100 + random.Next(2);
        byte[] batch = random.Next(2) == 0
            ? TestLog.Batch(producerId: producer, producerEpoch: (short)epoch, baseSequence: 0, transactional: true)
            : TestLog.Marker(producer, isAbort: random.Next(4) > 0, (short)epoch);
        model.Pending = batch;
        AppendResult result = log.AppendTransactional(batch, epoch);
        Assert.Equal(ErrorCode.None, result.Error);
        Assert.Equal(model.End, result.BaseOffset);
        model.Append(batch);
    }

    private static void Truncate(PartitionLog log, LogModel model, Offset offset)
    {
        model.IsTruncating = true;
        Offset synced = Offset.Min(model.Synced, offset);
        model.Synced = Offset.Min(synced, BoundaryAtOrBelow(model, offset));
        lock (log.Gate)
        {
            Assert.Equal(ErrorCode.None, log.TruncateTo(offset, TestLog.Now));
        }

        model.Truncate(log.LogEndOffset);
        model.IsTruncating = false;
    }

    private static void Restart(PartitionLog log, LogModel model, Offset offset)
    {
        model.IsTruncating = true;
        model.Synced = Offset.Zero;
        lock (log.Gate)
        {
            Assert.Equal(ErrorCode.None, log.TruncateFullyAndStartAt(offset, TestLog.Now));
        }

        model.Restart(offset);
        model.IsTruncating = false;
    }

    private static Offset BoundaryAtOrBelow(LogModel model, Offset offset)
    {
        Offset boundary = Offset.Zero;
        foreach (byte[] bytes in model.Current)
        {
            Offset next = new RecordBatch(bytes).NextOffset;
            boundary = next <= offset ? next : boundary;
        }

        return boundary;
    }

    private static void Delete(TestLog test, PartitionLog log, LogModel model, Random random)
    {
        Offset start = new(random.NextInt64(log.LogStartOffset.Value, log.HighWatermark.Value + 1));
        lock (log.Gate)
        {
            Assert.Equal(ErrorCode.None, log.AdvanceLogStartOffset(start));
        }

        log.DeleteOldSegments(TestLog.Now);

        test.Directory.CheckpointOffsets();
        model.LogStart = log.LogStartOffset;
    }

    // Of a log that was lost with its directory there is no start to keep.
    private static void CheckStart(PartitionLog log, LogModel model) => Assert.True(
        log.LogStartOffset >= model.LogStart || log.IsNew,
        $"starts at {log.LogStartOffset}, a checkpoint said {model.LogStart}");

    private static void CheckBounds(PartitionLog log)
    {
        Assert.True(log.LogStartOffset <= log.LastStableOffset);
        Assert.True(log.LastStableOffset <= log.HighWatermark);
        Assert.True(log.HighWatermark <= log.LogEndOffset);
        Assert.True(log.RecoveryPoint <= log.LogEndOffset);
    }
}
