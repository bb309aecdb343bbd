using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>Reads and searches over the segments of a log, without locks and, for reads, without allocation.</summary>
internal static class LogLookup
{
    private const int ScanBuffer = 16 * 1024;

    /// <summary>A batch at the end of a reply that is at least so large is left out if it is not whole.</summary>
    private const int LargeBatch = 8 * 1024;

    /// <summary>
    /// Bytes from the batch that holds <paramref name="from"/>, of one segment, below <paramref name="limit"/>.
    /// </summary>
    /// <param name="mayWait">False if what is not in memory is to be left to another thread.</param>
    /// <param name="logEnd">The log end offset, read after the sizes of the segments.</param>
    public static LogRead Read(
        Segment[] segments,
        Offset from,
        int maxBytes,
        Offset limit,
        bool atLeastOneBatch,
        bool mayWait,
        in LogEnd logEnd)
    {
        for (int i = Math.Max(0, SegmentStore.Floor(segments, from)); i < segments.Length; i++)
        {
            Segment segment = segments[i];
            bool isActive = i == segments.Length - 1;
            int end = isActive && ReferenceEquals(segment, logEnd.Segment) ? logEnd.Size : segment.Size;
            if (!mayWait && !segment.IsOpen)
            {
                return LogRead.Cold;
            }

            SharedDiskFile file = segment.AcquireFile();
            bool handedOver = false;
            try
            {
                Offset segmentEnd = isActive ? logEnd.Offset : segments[i + 1].BaseOffset;
                switch (Find(file.File, segment, from, limit, segmentEnd, mayWait, ref end, out BatchPosition first))
                {
                    case SearchOutcome.NotInMemory:
                        return LogRead.Cold;
                    case SearchOutcome.Damaged:
                        return LogRead.Failed(
                            ErrorCode.CorruptMessage, $"Segment {segment.BaseOffset} is damaged near offset {from}");
                    case SearchOutcome.Missing:
                        // Compaction may have emptied the rest of this segment: what is asked for is in the next one.
                        continue;
                    default:
                        break;
                }

                if (first.BaseOffset >= limit)
                {
                    return LogRead.Empty;
                }

                int count = Count(segment, first, end, maxBytes, atLeastOneBatch);
                handedOver = count > 0;
                return new LogRead
                {
                    Region = handedOver ? new FileRegion(file, first.Position, count) : default,
                    BaseOffset = first.BaseOffset,
                    Limit = Offset.Min(
                        Offset.Min(limit, segmentEnd),
                        segment.Indexes.Offsets.LimitOf(first.Position + count, segment.BaseOffset)),
                    FirstBatchSize = first.Size,
                    HasMoreSegments = !isActive && limit >= segmentEnd,
                };
            }
            finally
            {
                if (!handedOver)
                {
                    file.Release();
                }
            }
        }

        return LogRead.Empty;
    }

    /// <summary>
    /// The first batch to read, within the segment; lowers the end to the batch that reaches the limit.
    /// </summary>
    private static SearchOutcome Find(
        IDiskFile file,
        Segment segment,
        Offset from,
        Offset limit,
        Offset segmentEnd,
        bool mayWait,
        ref int end,
        out BatchPosition first)
    {
        SearchOutcome outcome = SegmentSearch.Find(file, segment, from, end, mayWait, out first);
        if (outcome != SearchOutcome.Found)
        {
            return outcome;
        }

        if (first.LastOffset >= segmentEnd)
        {
            return SearchOutcome.Damaged;
        }

        if (first.BaseOffset < limit && limit < segmentEnd)
        {
            outcome = SegmentSearch.Find(file, segment, limit, end, mayWait, out BatchPosition beyond);
            end = outcome == SearchOutcome.Found ? beyond.Position : end;
        }

        return outcome == SearchOutcome.Missing ? SearchOutcome.Found : outcome;
    }

    /// <summary>
    /// The first record that is not earlier than a timestamp, or the first with the largest of all. What asks for
    /// tiered storage finds nothing, for there is none.
    /// </summary>
    public static TimestampOffset FindRecord(
        PartitionLog log, Segment[] segments, long timestamp, LogServices services)
    {
        DecompressionLimit limit = log.Config.Append.DecompressionLimit;
        return timestamp switch
        {
            SearchedTimestamp.Max =>
                FindMaxTimestamp(segments, log.LogStartOffset, log.LogEndOffset, services, limit),
            < 0 => TimestampOffset.None,
            _ => FindByTimestamp(segments, timestamp, log.LogStartOffset, log.LogEndOffset, services, limit),
        };
    }

    /// <summary>The first record at or behind <paramref name="from"/> whose timestamp is at least this.</summary>
    private static TimestampOffset FindByTimestamp(
        Segment[] segments, long timestamp, Offset from, Offset end, LogServices services, DecompressionLimit limit)
    {
        foreach (Segment segment in segments)
        {
            if (segment.MaxTimestampSnapshot() < timestamp)
            {
                continue;
            }

            TimeIndexEntry near = segment.Indexes.Times.Lookup(timestamp);
            Offset start = Offset.Max(segment.BaseOffset + near.RelativeOffset, from);
            if (TryFind(segment, timestamp, start, from, end, services, limit, out TimestampOffset found))
            {
                return found;
            }
        }

        return TimestampOffset.None;
    }

    /// <summary>The first record with the largest timestamp of the log.</summary>
    private static TimestampOffset FindMaxTimestamp(
        Segment[] segments, Offset from, Offset end, LogServices services, DecompressionLimit limit)
    {
        long largest = RecordBatch.NoTimestamp;
        foreach (Segment segment in segments)
        {
            largest = Math.Max(largest, segment.MaxTimestampSnapshot());
        }

        return largest < 0 ? TimestampOffset.None : FindByTimestamp(segments, largest, from, end, services, limit);
    }

    private static int Count(Segment segment, in BatchPosition first, int end, int maxBytes, bool atLeastOneBatch)
    {
        int wanted = atLeastOneBatch ? Math.Max(maxBytes, first.Size) : maxBytes;
        // Less than a whole batch is of no use to anybody.
        if (wanted < first.Size)
        {
            return 0;
        }

        int available = end - first.Position;
        return wanted < available ? WithoutTornBatch(segment, first, end, wanted) : available;
    }

    /// <summary>
    /// A client throws away the part of a batch at the end and asks for it again. Where batches are large the index
    /// knows their boundaries, and that part is not sent; to look for those of small ones would cost more than it
    /// saves.
    /// </summary>
    private static int WithoutTornBatch(Segment segment, in BatchPosition first, int end, int wanted)
    {
        int known = segment.Indexes.Offsets.Floor(first.Position + wanted, out int next);
        int boundary = Math.Max(known, first.Position + first.Size);
        bool isLarge = Math.Min(next < 0 ? end : next, end) - boundary >= LargeBatch;
        return isLarge ? boundary - first.Position : wanted;
    }

    private static bool TryFind(
        Segment segment,
        long timestamp,
        Offset start,
        Offset from,
        Offset end,
        LogServices services,
        DecompressionLimit limit,
        out TimestampOffset found)
    {
        found = default;
        byte[] large = [];
        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            // The time index speaks of the last offset of a batch, so the batch itself may hold the answer.
            int position = segment.Indexes.Offsets.Lookup(start - segment.BaseOffset);
            var scanner = new BatchScanner(shared.File, new byte[ScanBuffer], position, segment.Size);
            while (scanner.MoveNext())
            {
                RecordBatch batch = scanner.Current;
                if (batch.BaseOffset >= end)
                {
                    return false;
                }

                if (batch.MaxTimestamp >= timestamp
                    && batch.LastOffset >= from
                    && TryFindRecord(scanner.ReadWhole(ref large), timestamp, from, services, limit, out found))
                {
                    return true;
                }
            }
        }
        finally
        {
            shared.Release();
        }

        return false;
    }

    private static bool TryFindRecord(
        RecordBatch batch,
        long timestamp,
        Offset from,
        LogServices services,
        DecompressionLimit limit,
        out TimestampOffset found)
    {
        RecordScratch scratch = services.ScratchPool.Rent();
        try
        {
            RecordReader records = scratch.Read(batch, services.Codecs, limit);
            while (records.MoveNext())
            {
                if (records.Timestamp >= timestamp && records.Offset >= from)
                {
                    found = new TimestampOffset(
                        ErrorCode.None, records.Timestamp, records.Offset, batch.PartitionLeaderEpoch);
                    return true;
                }
            }
        }
        finally
        {
            services.ScratchPool.Return(scratch);
        }

        found = default;
        return false;
    }
}
