using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Records;

namespace Barnabas.Cli;

/// <summary>Prints a time index, and compares each entry with the batch of its offset.</summary>
internal sealed class TimeIndexDumper(DumpSettings settings, DumpFindings findings, TextWriter output)
{
    /// <summary>A timestamp of eight bytes, an offset relative to the segment's of four.</summary>
    private const int EntrySize = 12;

    private readonly CompressionCodecs _codecs = NativeCodecs.Create();
    private readonly RecordScratch _scratch = new();

    public void Dump(string file)
    {
        byte[] times = File.ReadAllBytes(file);
        byte[] index = File.ReadAllBytes(FileNames.Sibling(file, ".index"));
        long baseOffset = FileNames.BaseOffset(file);
        if (settings.SanityOnly)
        {
            CheckSanity(file, times, baseOffset);
            output.WriteLine($"{file} passed sanity check.");
            return;
        }

        using LogFileReader log = new(FileNames.Sibling(file, ".log"));
        long previous = RecordBatch.NoTimestamp;
        for (int i = 0; i < times.Length / EntrySize; i++)
        {
            (long timestamp, long offset) = Entry(times, i, baseOffset);
            if (offset == baseOffset && i > 0)
            {
                return;
            }

            Compare(file, log, OffsetIndexDumper.Lookup(index, baseOffset, offset), timestamp, offset, previous);
            if (!settings.VerifyOnly)
            {
                output.WriteLine($"timestamp: {timestamp} offset: {offset}");
            }

            previous = timestamp;
        }
    }

    private static (long Timestamp, long Offset) Entry(byte[] times, int number, long baseOffset)
    {
        ReadOnlySpan<byte> entry = times.AsSpan(number * EntrySize, EntrySize);
        return (
            BinaryPrimitives.ReadInt64BigEndian(entry),
            baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry[sizeof(long)..]));
    }

    private void Compare(string file, LogFileReader log, long position, long timestamp, long offset, long previous)
    {
        while (log.TryRead(position, out ReadOnlySpan<byte> bytes))
        {
            RecordBatch batch = new(bytes);
            if (batch.LastOffset.Value < offset)
            {
                position += bytes.Length;
                continue;
            }

            if (batch.LastOffset.Value != offset)
            {
                findings.OffsetNotFound(file, offset, batch.LastOffset.Value);
                return;
            }

            long latest = RecordBatch.NoTimestamp;
            foreach (Record record in _scratch.Read(batch, _codecs, DecompressionLimit.Default))
            {
                latest = Math.Max(latest, record.Timestamp);
            }

            if (latest != timestamp)
            {
                findings.TimestampMismatch(file, timestamp, latest);
            }

            if (previous >= timestamp)
            {
                findings.TimestampOutOfOrder(file, timestamp, previous);
            }

            return;
        }

        findings.OffsetNotFound(file, offset, -1);
    }

    private static void CheckSanity(string file, byte[] times, long baseOffset)
    {
        int entries = times.Length / EntrySize;
        if (entries > 0)
        {
            (long lastTimestamp, long lastOffset) = Entry(times, entries - 1, baseOffset);
            (long firstTimestamp, long _) = Entry(times, 0, baseOffset);
            if (lastTimestamp < firstTimestamp || lastOffset < baseOffset)
            {
                throw new CommandFailure(
                    $"Corrupt time index found, time index file ({file}) ends with timestamp "
                    + $"{lastTimestamp} and offset {lastOffset}, before its beginning.");
            }
        }

        if (times.Length % EntrySize != 0)
        {
            throw new CommandFailure(
                $"Time index file {file} is corrupt, found {times.Length} bytes which is neither positive "
                + $"nor a multiple of {EntrySize}.");
        }
    }
}
