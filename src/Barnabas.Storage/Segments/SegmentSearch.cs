using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// Finds things in a segment: the index brings near, the headers of the batches from there on tell exactly.
/// </summary>
internal static class SegmentSearch
{
    // Small batches lie at most index.interval.bytes behind the entry of the index: by default one read finds them all.
    private const int LookupBuffer = 4096;

    /// <summary>
    /// Entries of the index that are farther apart than this have one large batch between them, and of large batches
    /// each has an entry: worth a read of one header instead of all that lies before it.
    /// </summary>
    private const int LargeGap = 2 * LookupBuffer;

    private const int ScanBufferMax = 64 * 1024;

    /// <summary>
    /// The first batch whose last offset is at or behind <paramref name="offset"/>, within <paramref name="end"/>
    /// bytes. False if there is none.
    /// </summary>
    public static bool TryFind(
        IDiskFile file, Segment segment, Offset offset, int end, out BatchPosition found) =>
        Find(file, segment, offset, end, mayWait: true, out found) == SearchOutcome.Found;

    /// <summary>As <see cref="TryFind"/>; reads only what is in memory unless it may wait.</summary>
    public static SearchOutcome Find(
        IDiskFile file, Segment segment, Offset offset, int end, bool mayWait, out BatchPosition found)
    {
        Span<byte> buffer = stackalloc byte[LookupBuffer];
        int known = segment.Indexes.Offsets.Lookup(offset - segment.BaseOffset, out OffsetIndexEntry next);
        int start = Math.Min(known, end);
        int stop = next.Position >= 0 && next.Position < end ? next.Position : end;
        bool isSparse = stop - start > LargeGap;
        if (isSparse && stop < end)
        {
            // The batch there ends behind the offset. If it begins before it, too, nothing else needs to be read.
            var probe = new BatchScanner(file, buffer[..RecordBatch.HeaderSize], stop, end, mayWait);
            if (probe.MoveNext() && probe.Current.BaseOffset <= offset && probe.Current.LastOffset >= offset)
            {
                found = At(in probe);
                return SearchOutcome.Found;
            }
        }

        var scanner = new BatchScanner(
            file, isSparse ? buffer[..RecordBatch.HeaderSize] : buffer, start, end, mayWait);
        found = default;
        Offset expected = segment.BaseOffset;
        while (scanner.MoveNext())
        {
            RecordBatch batch = scanner.Current;
            if (!batch.MayFollow(expected))
            {
                return SearchOutcome.Damaged;
            }

            if (batch.LastOffset >= offset)
            {
                found = At(in scanner);
                return SearchOutcome.Found;
            }

            expected = batch.NextOffset;
            if (isSparse && scanner.Size < LookupBuffer)
            {
                // Small ones after all, with few entries (a large index.interval.bytes): many of them fit one read.
                isSparse = false;
                scanner = new BatchScanner(file, buffer, (int)scanner.Position + scanner.Size, end, mayWait);
            }
        }

        return scanner.End switch
        {
            ScanEnd.Complete => SearchOutcome.Missing,
            ScanEnd.NotInMemory => SearchOutcome.NotInMemory,
            _ => SearchOutcome.Damaged,
        };
    }

    /// <summary>Largest timestamp of the segment and the last offset of its batch; (-1, none) if it has none.</summary>
    public static (long Timestamp, Offset Offset) MaxTimestamp(Segment segment)
    {
        ReadOnlySpan<TimeIndexEntry> times = segment.Indexes.Times.Entries;
        long timestamp = times.IsEmpty ? RecordBatch.NoTimestamp : times[^1].Timestamp;
        Offset offset = times.IsEmpty ? Offset.None : segment.BaseOffset + times[^1].RelativeOffset;
        int start = times.IsEmpty ? 0 : segment.Indexes.Offsets.Lookup(times[^1].RelativeOffset);

        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            Span<byte> buffer = stackalloc byte[LookupBuffer];
            var scanner = new BatchScanner(shared.File, buffer, start, segment.Size);
            while (scanner.MoveNext())
            {
                RecordBatch batch = scanner.Current;
                if (batch.MaxTimestamp > timestamp)
                {
                    timestamp = batch.MaxTimestamp;
                    offset = batch.LastOffset;
                }
            }
        }
        finally
        {
            shared.Release();
        }

        return (timestamp, offset);
    }

    /// <summary>Position and checksum of the last batch; (-1, 0) if there is none.</summary>
    public static (int Position, uint Crc) LastBatch(Segment segment)
    {
        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            (int Position, uint Crc) last = (-1, 0);
            Span<byte> buffer = stackalloc byte[LookupBuffer];
            var scanner = new BatchScanner(
                shared.File, buffer, segment.Indexes.Offsets.LastPosition, segment.Size);
            while (scanner.MoveNext())
            {
                last = ((int)scanner.Position, scanner.Current.Crc);
            }

            return last;
        }
        finally
        {
            shared.Release();
        }
    }

    /// <summary>Largest timestamp of the first batch; -1 if there is no batch.</summary>
    public static long FirstTimestamp(Segment segment)
    {
        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            Span<byte> buffer = stackalloc byte[RecordBatch.HeaderSize];
            var scanner = new BatchScanner(shared.File, buffer, 0, segment.Size);
            return scanner.MoveNext() ? scanner.Current.MaxTimestamp : RecordBatch.NoTimestamp;
        }
        finally
        {
            shared.Release();
        }
    }

    private static BatchPosition At(in BatchScanner scanner)
    {
        RecordBatch batch = scanner.Current;
        return new BatchPosition((int)scanner.Position, scanner.Size, batch.BaseOffset, batch.LastOffset);
    }

    /// <summary>
    /// True if no batch behind the last entries should have one of its own, and the largest timestamp has its own.
    /// </summary>
    public static bool IsIndexed(Segment segment, SegmentIndexes indexes, int intervalBytes)
    {
        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            ReadOnlySpan<TimeIndexEntry> times = indexes.Times.Entries;
            long latest = times.IsEmpty ? RecordBatch.NoTimestamp : times[^1].Timestamp;
            int last = indexes.Offsets.LastPosition;
            var scanner = new BatchScanner(shared.File, new byte[LookupBuffer], last, segment.Size);
            while (scanner.MoveNext())
            {
                if (scanner.Position - last > intervalBytes || scanner.Current.MaxTimestamp > latest)
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            shared.Release();
        }
    }

    /// <summary>
    /// Fills indexes from the headers of all batches, as appending had filled them; the last timestamp is entered as at
    /// the sealing of a segment.
    /// </summary>
    public static void RebuildIndexes(Segment segment, SegmentIndexes indexes, int intervalBytes)
    {
        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            long maxTimestamp = RecordBatch.NoTimestamp;
            Offset offsetOfMax = segment.BaseOffset;
            byte[] buffer = new byte[Math.Clamp(segment.Size, RecordBatch.HeaderSize, ScanBufferMax)];
            var scanner = new BatchScanner(shared.File, buffer, 0, segment.Size);
            while (scanner.MoveNext())
            {
                RecordBatch batch = scanner.Current;
                if (batch.MaxTimestamp > maxTimestamp)
                {
                    maxTimestamp = batch.MaxTimestamp;
                    offsetOfMax = batch.LastOffset;
                }

                indexes.Observe(
                    segment.RelativeOf(batch.LastOffset),
                    (int)scanner.Position,
                    intervalBytes,
                    maxTimestamp,
                    segment.RelativeOf(offsetOfMax));
            }

            indexes.Times.AppendIfLater(maxTimestamp, segment.RelativeOf(offsetOfMax));
        }
        finally
        {
            shared.Release();
        }
    }
}
