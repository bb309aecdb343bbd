using System.Buffers.Binary;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The sparse map of a segment from offsets to file positions, kept in memory; the file (Kafka's <c>.index</c>: pairs
/// of big-endian 32-bit numbers) is written behind. One writer, any readers.
/// </summary>
/// <remarks>Invariant: entries rise strictly in relative offset and in position, and each points at a batch
/// boundary.</remarks>
internal sealed class OffsetIndex
{
    public const int EntrySize = 8;

    private PublishedEntries<OffsetIndexEntry> _entries = new();

    public int Count => _entries.Count;

    public ReadOnlySpan<OffsetIndexEntry> Entries => _entries.View;

    /// <summary>Position of the last entry; 0 without entries, where a scan starts as well.</summary>
    public int LastPosition
    {
        get
        {
            ReadOnlySpan<OffsetIndexEntry> entries = _entries.View;
            return entries.IsEmpty ? 0 : entries[^1].Position;
        }
    }

    public void Append(int relativeOffset, int position)
    {
        ReadOnlySpan<OffsetIndexEntry> entries = _entries.View;
        Invariant.That(
            entries.IsEmpty || (relativeOffset > entries[^1].RelativeOffset && position > entries[^1].Position));
        _entries.Append(new OffsetIndexEntry(relativeOffset, position));
    }

    /// <summary>A position at or before the batch that holds this offset, the nearest one known.</summary>
    public int Lookup(long relativeOffset) => Lookup(relativeOffset, out _);

    /// <param name="next">The next entry; position -1 if there is none. Its batch ends behind the offset.</param>
    public int Lookup(long relativeOffset, out OffsetIndexEntry next)
    {
        ReadOnlySpan<OffsetIndexEntry> entries = _entries.View;
        int low = 0;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].RelativeOffset <= relativeOffset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        next = low < entries.Length ? entries[low] : new OffsetIndexEntry(-1, -1);
        return low == 0 ? 0 : entries[low - 1].Position;
    }

    /// <summary>The last known batch boundary at or before a position, 0 if none is known.</summary>
    /// <param name="next">The known boundary behind it; -1 if there is none.</param>
    public int Floor(int position, out int next)
    {
        ReadOnlySpan<OffsetIndexEntry> entries = _entries.View;
        int low = 0;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Position <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        next = low < entries.Length ? entries[low].Position : -1;
        return low == 0 ? 0 : entries[low - 1].Position;
    }

    /// <summary>An offset that no record before a position reaches, the nearest one known.</summary>
    public Offset LimitOf(int position, Offset baseOffset)
    {
        ReadOnlySpan<OffsetIndexEntry> entries = _entries.View;
        int low = 0;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Position < position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == entries.Length ? new Offset(long.MaxValue) : baseOffset + entries[low].RelativeOffset;
    }

    /// <summary>Forgets entries at or beyond a file position: what they point at has been cut off.</summary>
    public void TruncateToPosition(int position)
    {
        ReadOnlySpan<OffsetIndexEntry> entries = _entries.View;
        int count = entries.Length;
        while (count > 0 && entries[count - 1].Position >= position)
        {
            count--;
        }

        _entries.Truncate(count);
    }

    /// <summary>
    /// Writes the file form of the entries from <paramref name="first"/> on; returns how many there were.
    /// </summary>
    public int Format(int first, out byte[] bytes)
    {
        ReadOnlySpan<OffsetIndexEntry> entries = _entries.View[first..];
        bytes = new byte[entries.Length * EntrySize];
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> slot = bytes.AsSpan(i * EntrySize);
            BinaryPrimitives.WriteInt32BigEndian(slot, entries[i].RelativeOffset);
            BinaryPrimitives.WriteInt32BigEndian(slot[4..], entries[i].Position);
        }

        return entries.Length;
    }

    /// <summary>
    /// Takes the entries of a file. A preallocated tail of zeros is left out. False if what remains breaks the
    /// invariant or points beyond <paramref name="segmentLength"/>: then the index must be rebuilt.
    /// </summary>
    public bool TryParse(ReadOnlySpan<byte> content, long segmentLength)
    {
        int count = content.Length / EntrySize;
        while (count > 0 && BinaryPrimitives.ReadInt64BigEndian(content[((count - 1) * EntrySize)..]) == 0)
        {
            count--;
        }

        var entries = new OffsetIndexEntry[count];
        int offset = -1;
        int position = -1;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> slot = content[(i * EntrySize)..];
            var entry = new OffsetIndexEntry(
                BinaryPrimitives.ReadInt32BigEndian(slot),
                BinaryPrimitives.ReadInt32BigEndian(slot[4..]));
            if (entry.RelativeOffset <= offset || entry.Position <= position || entry.Position >= segmentLength)
            {
                return false;
            }

            (offset, position) = (entry.RelativeOffset, entry.Position);
            entries[i] = entry;
        }

        _entries.Assign(entries);
        return true;
    }
}
