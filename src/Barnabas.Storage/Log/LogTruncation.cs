using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Takes records away, from the end or from the start, and keeps what follows from them in step. What is taken from the
/// end is durably gone when it returns.
/// </summary>
internal static class LogTruncation
{
    public static void To(PartitionLog log, LogContents contents, Offset offset, long nowMs)
    {
        if (offset >= log.LogEndOffset)
        {
            // KAFKA-10706: epochs that began but got no record may still lie beyond the end.
            contents.Epochs.TruncateFromEnd(log.LogEndOffset);
            return;
        }

        Segment[] segments = contents.Segments.All;
        int index = SegmentStore.Floor(segments, offset);
        if (index < 0 || offset < log.LogStartOffset)
        {
            Restart(log, contents, offset, nowMs);
            return;
        }

        // A batch goes as a whole: where the log will end is known before anything is cut, and so is what stays synced.
        BatchPosition? cut = Find(segments[index], offset);
        Offset end = cut is { } batch ? Offset.Min(offset, batch.BaseOffset) : offset;
        LowerRecoveryPoint(log, end);
        contents.Segments.MarkTruncation();
        if (index + 1 < segments.Length)
        {
            contents.Segments.RemoveNewest(index + 1, nowMs + log.Config.FileDeleteDelayMs);
        }

        if (cut is { } first)
        {
            segments[index].TruncateTo(first.Position, end);
        }

        contents.Epochs.TruncateFromEnd(end);
        log.SetBounds(log.LogStartOffset, end);
        ReloadProducers(log, contents, end);
        contents.Segments.FinishTruncation();
    }

    public static void Restart(PartitionLog log, LogContents contents, Offset offset, long nowMs)
    {
        // Of nothing it may be said that it was synced: a crash on the way may leave any part of the log.
        LowerRecoveryPoint(log, Offset.Zero);
        contents.Segments.MarkTruncation();
        // The bounds first: who comes to the new segment before its file is there has nothing to read in it.
        log.SetBounds(offset, offset);
        contents.Segments.StartAt(offset, log.Config, nowMs, nowMs + log.Config.FileDeleteDelayMs);
        log.Flusher.NamesChanged();
        contents.Epochs.Clear();
        ReloadProducers(log, contents, offset);
        contents.Segments.FinishTruncation();
    }

    /// <summary>What retention asks for. Not under the gate, which appends need, but one caller at a time.</summary>
    public static RetentionResult DeleteOldSegments(PartitionLog log, LogContents contents, long nowMs)
    {
        RetentionResult result;
        long[] snapshots = [];
        lock (log.Gate)
        {
            result = Decide(log, contents, nowMs);
            if (result.Segments > 0)
            {
                snapshots = Take(log, contents, result.Segments, nowMs);
            }
        }

        // Also what an earlier call could not finish, for lack of room perhaps.
        if (contents.Segments.RemoveTaken(nowMs + log.Config.FileDeleteDelayMs))
        {
            log.Flusher.NamesChanged();
        }

        contents.Snapshots.DeleteFiles(snapshots);
        return result;
    }

    /// <summary>The oldest segments leave the log. Returns which snapshots have no use without them.</summary>
    private static long[] Take(PartitionLog log, LogContents contents, int count, long nowMs)
    {
        if (count == contents.Segments.All.Length)
        {
            log.RollAt(log.LogEndOffset, contents, log.Config, nowMs);
        }

        // The start first: a reader that finds a file gone looks at the start to learn why.
        Offset start = Offset.Max(log.LogStartOffset, contents.Segments.All[count].BaseOffset);
        log.SetBounds(start, log.LogEndOffset);
        contents.Segments.TakeOldest(count);
        contents.Epochs.TruncateFromStart(start);
        return contents.Snapshots.TakeOutside(start, log.LogEndOffset);
    }

    private static RetentionResult Decide(PartitionLog log, LogContents contents, long nowMs)
    {
        Segment[] segments = contents.Segments.All;
        var summaries = new SegmentSummary[segments.Length];
        for (int i = 0; i < segments.Length; i++)
        {
            summaries[i] = new SegmentSummary(
                i + 1 < segments.Length ? segments[i + 1].BaseOffset : log.LogEndOffset,
                segments[i].Size,
                segments[i].LargestTimestamp());
        }

        return Retention.Decide(summaries, log.Config, log.LogStartOffset, log.HighWatermark, nowMs);
    }

    private static void LowerRecoveryPoint(PartitionLog log, Offset offset)
    {
        bool isLower = log.RecoveryPoint > offset;
        // In memory first: a checkpoint that is written meanwhile must not take it back.
        log.Flusher.OnTruncated(offset);
        if (isLower)
        {
            log.Host.LowerRecoveryPoint(log.Partition, offset);
        }
    }

    private static BatchPosition? Find(Segment segment, Offset offset)
    {
        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            return SegmentSearch.TryFind(shared.File, segment, offset, segment.Size, out BatchPosition found)
                ? found
                : null;
        }
        finally
        {
            shared.Release();
        }
    }

    private static void ReloadProducers(PartitionLog log, LogContents contents, Offset end)
    {
        contents.Snapshots.RemoveOutside(log.LogStartOffset, end);
        contents.Snapshots.LoadLatest(contents.Producers, log.LogStartOffset, end);
        ProducerReplay.Run(contents.Segments.All, contents.Producers, contents.Producers.MapEndOffset, end);
        contents.Producers.MapEndOffset = end;
        log.SetBounds(log.LogStartOffset, end);
    }
}
