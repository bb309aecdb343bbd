using System.Buffers.Binary;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The sparse map of a segment from timestamps to offsets, kept in memory; the file (Kafka's <c>.timeindex</c>: a
/// 64-bit timestamp and a 32-bit relative offset, big-endian) is written behind. One writer, any readers.
/// </summary>
/// <remarks>Invariant: timestamps rise strictly, relative offsets never fall.</remarks>
internal sealed class TimeIndex
{
    public const int EntrySize = 12;

    private PublishedEntries<TimeIndexEntry> _entries = new();

    public int Count => _entries.Count;

    public ReadOnlySpan<TimeIndexEntry> Entries => _entries.View;

    /// <summary>
    /// Adds an entry if its timestamp is beyond all before it; otherwise there is nothing to learn from it.
    /// </summary>
    public void AppendIfLater(long timestamp, int relativeOffset)
    {
        ReadOnlySpan<TimeIndexEntry> entries = _entries.View;
        if (timestamp < 0 || (!entries.IsEmpty && timestamp <= entries[^1].Timestamp))
        {
            return;
        }

        Invariant.That(entries.IsEmpty || relativeOffset >= entries[^1].RelativeOffset);
        _entries.Append(new TimeIndexEntry(timestamp, relativeOffset));
    }

    /// <summary>
    /// The last entry whose timestamp is at most the target: no record before its offset is later than the target's
    /// timestamp. The default entry (timestamp 0 at the segment's base) if all are later.
    /// </summary>
    public TimeIndexEntry Lookup(long timestamp)
    {
        ReadOnlySpan<TimeIndexEntry> entries = _entries.View;
        int low = 0;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Timestamp <= timestamp)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? default : entries[low - 1];
    }

    /// <summary>Forgets entries for offsets at or beyond a relative offset.</summary>
    public void TruncateToOffset(long relativeOffset)
    {
        ReadOnlySpan<TimeIndexEntry> entries = _entries.View;
        int count = entries.Length;
        while (count > 0 && entries[count - 1].RelativeOffset >= relativeOffset)
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
        ReadOnlySpan<TimeIndexEntry> entries = _entries.View[first..];
        bytes = new byte[entries.Length * EntrySize];
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> slot = bytes.AsSpan(i * EntrySize);
            BinaryPrimitives.WriteInt64BigEndian(slot, entries[i].Timestamp);
            BinaryPrimitives.WriteInt32BigEndian(slot[8..], entries[i].RelativeOffset);
        }

        return entries.Length;
    }

    /// <summary>
    /// Takes the entries of a file, without a preallocated tail of zeros. False if they break the invariant.
    /// </summary>
    public bool TryParse(ReadOnlySpan<byte> content)
    {
        int count = content.Length / EntrySize;
        while (count > 0 && !content.Slice((count - 1) * EntrySize, EntrySize).ContainsAnyExcept((byte)0))
        {
            count--;
        }

        var entries = new TimeIndexEntry[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> slot = content[(i * EntrySize)..];
            entries[i] = new TimeIndexEntry(
                BinaryPrimitives.ReadInt64BigEndian(slot),
                BinaryPrimitives.ReadInt32BigEndian(slot[8..]));
            bool ordered = i == 0
                ? entries[i].RelativeOffset >= 0
                : entries[i].Timestamp > entries[i - 1].Timestamp
                    && entries[i].RelativeOffset >= entries[i - 1].RelativeOffset;
            if (!ordered)
            {
                return false;
            }
        }

        _entries.Assign(entries);
        return true;
    }
}
