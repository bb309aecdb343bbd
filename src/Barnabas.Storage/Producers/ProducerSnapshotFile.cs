using System.Buffers.Binary;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The <c>.snapshot</c> files: producer state at the offset in the file's name, in Kafka's version 1 (version, CRC-32C
/// of what follows, count, 46 bytes per producer). Pure.
/// </summary>
internal static class ProducerSnapshotFile
{
    private const short Version = 1;
    private const int CrcAt = 2;
    private const int EntriesAt = 6;
    private const int EntrySize = 8 + 2 + 4 + 8 + 4 + 8 + 4 + 8;

    public static byte[] Format(ProducerState state)
    {
        var entries = new List<ProducerStateEntry>(state.Entries);
        entries.Sort((left, right) => left.ProducerId.CompareTo(right.ProducerId));

        var bytes = new byte[EntriesAt + 4 + (entries.Count * EntrySize)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(EntriesAt), entries.Count);
        for (int i = 0; i < entries.Count; i++)
        {
            WriteEntry(bytes.AsSpan(EntriesAt + 4 + (i * EntrySize)), entries[i]);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcAt), Crc32C.Compute(bytes.AsSpan(EntriesAt)));
        return bytes;
    }

    /// <summary>
    /// Fills an empty state. False if the file is damaged: an older snapshot, or the log itself, must do.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, Offset offset, ProducerState state)
    {
        if (bytes.Length < EntriesAt + 4
            || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]) != Crc32C.Compute(bytes[EntriesAt..]))
        {
            return false;
        }

        int count = BinaryPrimitives.ReadInt32BigEndian(bytes[EntriesAt..]);
        ReadOnlySpan<byte> entries = bytes[(EntriesAt + 4)..];
        if (count < 0 || entries.Length != (long)count * EntrySize)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            state.Add(ReadEntry(entries.Slice(i * EntrySize, EntrySize)));
        }

        state.MapEndOffset = offset;
        return true;
    }

    private static void WriteEntry(Span<byte> slot, ProducerStateEntry entry)
    {
        BatchMetadata? last = entry.HasBatches ? entry.Last : null;
        BinaryPrimitives.WriteInt64BigEndian(slot, entry.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(slot[8..], entry.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(slot[10..], entry.LastSequence);
        BinaryPrimitives.WriteInt64BigEndian(slot[14..], last?.LastOffset ?? -1);
        BinaryPrimitives.WriteInt32BigEndian(slot[22..], last?.OffsetDelta ?? 0);
        BinaryPrimitives.WriteInt64BigEndian(slot[26..], entry.LastTimestamp);
        BinaryPrimitives.WriteInt32BigEndian(slot[34..], entry.CoordinatorEpoch);
        BinaryPrimitives.WriteInt64BigEndian(slot[38..], entry.CurrentTransactionFirstOffset);
    }

    private static ProducerStateEntry ReadEntry(ReadOnlySpan<byte> slot)
    {
        long lastOffset = BinaryPrimitives.ReadInt64BigEndian(slot[14..]);
        long timestamp = BinaryPrimitives.ReadInt64BigEndian(slot[26..]);
        BatchMetadata? last = lastOffset < 0
            ? null
            : new BatchMetadata(
                BinaryPrimitives.ReadInt32BigEndian(slot[10..]),
                lastOffset,
                BinaryPrimitives.ReadInt32BigEndian(slot[22..]),
                timestamp);
        var entry = new ProducerStateEntry(BinaryPrimitives.ReadInt64BigEndian(slot));
        entry.Restore(
            BinaryPrimitives.ReadInt16BigEndian(slot[8..]),
            last,
            timestamp,
            BinaryPrimitives.ReadInt32BigEndian(slot[34..]),
            BinaryPrimitives.ReadInt64BigEndian(slot[38..]));
        return entry;
    }
}
