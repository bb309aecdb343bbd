using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// What readers ask of a log while its writer goes on. Segments may be rolled, cut off or deleted between a look at the
/// list of them and the opening of a file: that is told apart here from a disk that fails.
/// </summary>
internal static class LogReading
{
    /// <summary>See <see cref="PartitionLog.Read"/>.</summary>
    public static LogRead Read(
        PartitionLog log, Offset from, int maxBytes, Offset limit, bool atLeastOneBatch, bool mayWait)
    {
        if (log.OfflineReason is { } reason)
        {
            return LogRead.Failed(ErrorCode.KafkaStorageError, reason);
        }

        Segment[] segments = log.Contents.Segments.All;
        try
        {
            Segment active = segments[^1];
            int size = active.Size;
            var end = new LogEnd(active, size, log.LogEndOffset);
            if (from < log.LogStartOffset || from > end.Offset)
            {
                return OutOfRange(log, from);
            }

            if (from >= limit || from == end.Offset)
            {
                return LogRead.Empty;
            }

            LogRead read = LogLookup.Read(
                segments, from, maxBytes, Offset.Min(limit, end.Offset), atLeastOneBatch, mayWait, end);
            if (read.Error != ErrorCode.CorruptMessage)
            {
                return read;
            }

            // What was cut off meanwhile looks like damage and is none.
            if (active.Size < size || !ReferenceEquals(segments, log.Contents.Segments.All))
            {
                return LogRead.Empty;
            }

            log.OnDamage(read.Message!);
            return read;
        }
        catch (DiskException failure) when (HasGone(log, failure, segments))
        {
            return from < log.LogStartOffset || from > log.LogEndOffset ? OutOfRange(log, from) : LogRead.Empty;
        }
        catch (DiskException failure)
        {
            return LogRead.Failed(ErrorCode.KafkaStorageError, log.OnFailure(failure));
        }
    }

    /// <summary>See <see cref="PartitionLog.FindAborted"/>.</summary>
    public static ErrorCode FindAborted(
        PartitionLog log, Offset from, Offset limit, out List<AbortedTransaction>? aborted)
    {
        aborted = null;
        Segment[] segments = log.Contents.Segments.All;
        try
        {
            bool isComplete = false;
            for (int i = Math.Max(0, SegmentStore.Floor(segments, from)); i < segments.Length && !isComplete; i++)
            {
                isComplete = segments[i].Aborted?.Collect(from, limit, ref aborted) ?? false;
            }
        }
        catch (DiskException failure) when (HasGone(log, failure, segments))
        {
            return from < log.LogStartOffset ? ErrorCode.OffsetOutOfRange : ErrorCode.KafkaStorageError;
        }
        catch (DiskException failure)
        {
            log.OnFailure(failure);
            return ErrorCode.KafkaStorageError;
        }

        // Read after the segments: a start that is still low says that none of them was missing.
        return from < log.LogStartOffset ? ErrorCode.OffsetOutOfRange : ErrorCode.None;
    }

    /// <summary>See <see cref="PartitionLog.FindOffsetByTimestamp"/>.</summary>
    public static TimestampOffset FindOffset(PartitionLog log, LogServices services, long timestamp)
    {
        if (log.OfflineReason is not null)
        {
            return TimestampOffset.None with { Error = ErrorCode.KafkaStorageError };
        }

        Segment[] segments = log.Contents.Segments.All;
        try
        {
            return timestamp switch
            {
                SearchedTimestamp.Latest => new(ErrorCode.None, -1, log.LogEndOffset, log.LeaderEpochs.Latest),
                SearchedTimestamp.Earliest or SearchedTimestamp.EarliestLocal => new(
                    ErrorCode.None, -1, log.LogStartOffset, log.LeaderEpochs.EpochAt(log.LogStartOffset)),
                _ => LogLookup.FindRecord(log, segments, timestamp, services),
            };
        }
        catch (DiskException failure) when (HasGone(log, failure, segments))
        {
            return FindOffset(log, services, timestamp);
        }
        catch (DiskException failure)
        {
            log.OnFailure(failure);
            return TimestampOffset.None with { Error = ErrorCode.KafkaStorageError };
        }
    }

    // Retention or truncation took a segment between the look at the list and the opening of its file.
    private static bool HasGone(PartitionLog log, DiskException failure, Segment[] seen) =>
        failure.Error == DiskError.NotFound && !ReferenceEquals(seen, log.Contents.Segments.All);

    private static LogRead OutOfRange(PartitionLog log, Offset from) => LogRead.Failed(
        ErrorCode.OffsetOutOfRange, $"Offset {from} is not within {log.LogStartOffset} to {log.LogEndOffset}");
}
