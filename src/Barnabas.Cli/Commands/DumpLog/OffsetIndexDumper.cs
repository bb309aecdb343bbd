using System.Buffers.Binary;
using Barnabas.Records;

namespace Barnabas.Cli;

/// <summary>Prints an offset index, and compares each entry with the batch it points at.</summary>
internal sealed class OffsetIndexDumper(DumpSettings settings, DumpFindings findings, TextWriter output)
{
    /// <summary>Offset relative to the segment's, and position: four bytes each.</summary>
    internal const int EntrySize = 8;

    public void Dump(string file)
    {
        byte[] index = File.ReadAllBytes(file);
        long baseOffset = FileNames.BaseOffset(file);
        int entries = index.Length / EntrySize;
        if (entries == 0)
        {
            output.WriteLine($"{file} is empty.");
            return;
        }

        if (settings.SanityOnly)
        {
            CheckSanity(file, index, baseOffset);
            output.WriteLine($"{file} passed sanity check.");
            return;
        }

        using LogFileReader log = new(FileNames.Sibling(file, ".log"));
        for (int i = 0; i < entries; i++)
        {
            (long offset, int position) = Entry(index, i, baseOffset);
            // A file that was allocated ahead ends in zeros.
            if (offset == baseOffset && i > 0)
            {
                return;
            }

            long found = log.TryRead(position, out ReadOnlySpan<byte> batch) && batch.Length <= settings.MaxMessageSize
                ? new RecordBatch(batch).LastOffset.Value
                : -1;
            if (found != offset)
            {
                findings.IndexMismatch(file, offset, found);
            }

            if (!settings.VerifyOnly)
            {
                output.WriteLine($"offset: {offset} position: {position}");
            }
        }
    }

    /// <summary>The position of the last entry at or before an offset; 0 if there is none.</summary>
    internal static int Lookup(byte[] index, long baseOffset, long target)
    {
        int position = 0;
        for (int i = 0; i < index.Length / EntrySize; i++)
        {
            (long offset, int at) = Entry(index, i, baseOffset);
            if (offset > target || (offset == baseOffset && i > 0))
            {
                break;
            }

            position = at;
        }

        return position;
    }

    private static (long Offset, int Position) Entry(byte[] index, int number, long baseOffset)
    {
        ReadOnlySpan<byte> entry = index.AsSpan(number * EntrySize, EntrySize);
        return (
            baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry),
            BinaryPrimitives.ReadInt32BigEndian(entry[sizeof(int)..]));
    }

    private static void CheckSanity(string file, byte[] index, long baseOffset)
    {
        long last = Entry(index, (index.Length / EntrySize) - 1, baseOffset).Offset;
        if (last < baseOffset)
        {
            throw new CommandFailure(
                $"Corrupt index found, index file ({file}) has non-zero size but the last offset is {last} "
                + $"which is less than the base offset {baseOffset}.");
        }

        if (index.Length % EntrySize != 0)
        {
            throw new CommandFailure(
                $"Index file {file} is corrupt, found {index.Length} bytes which is neither positive nor a multiple of "
                + $"{EntrySize}.");
        }
    }
}
