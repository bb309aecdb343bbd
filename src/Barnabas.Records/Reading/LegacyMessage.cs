using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// One message of magic 0 or 1: offset, length, CRC-32, magic, attributes, timestamp (magic 1), key, value. Positions
/// count from its offset field.
/// </summary>
internal readonly ref struct LegacyMessage
{
    private readonly ReadOnlySpan<byte> _bytes;

    private LegacyMessage(ReadOnlySpan<byte> bytes, int keyStart, int keyLength, int valueStart, int valueLength)
    {
        _bytes = bytes;
        KeyStart = keyStart;
        KeyLength = keyLength;
        ValueStart = valueStart;
        ValueLength = valueLength;
    }

    /// <summary>0 if there is none: the source is empty or ends within it.</summary>
    public int Size => _bytes.Length;

    public long Offset => BinaryPrimitives.ReadInt64BigEndian(_bytes);

    public byte Magic => _bytes[RecordBatchLayout.Magic];

    public CompressionType Compression =>
        (CompressionType)(_bytes[RecordBatchLayout.LegacyAttributes] & RecordBatchLayout.CompressionMask);

    public long Timestamp => Magic == 0
        ? RecordBatch.NoTimestamp
        : BinaryPrimitives.ReadInt64BigEndian(_bytes[RecordBatchLayout.LegacyTimestamp..]);

    public bool IsSound => Size == 0 || new RecordBatch(_bytes).IsCrcValid();

    public int KeyStart { get; }

    public int KeyLength { get; }

    public int ValueStart { get; }

    public int ValueLength { get; }

    public ReadOnlySpan<byte> Value => ValueLength < 0 ? default : _bytes.Slice(ValueStart, ValueLength);

    public static RecordFault TryRead(ReadOnlySpan<byte> source, out LegacyMessage message)
    {
        message = default;
        BatchFrame frame = RecordBatch.Probe(source, out int size);
        if (frame == BatchFrame.Partial)
        {
            return RecordFault.None;
        }

        if (frame != BatchFrame.Whole || source[RecordBatchLayout.Magic] >= RecordBatch.CurrentMagic)
        {
            return RecordFault.BadStructure;
        }

        ReadOnlySpan<byte> bytes = source[..size];
        byte magic = bytes[RecordBatchLayout.Magic];
        int position = magic == 0 ? RecordBatchLayout.LegacyKeyV0 : RecordBatchLayout.LegacyKeyV1;
        if (!TrySkip(bytes, ref position, out int keyStart, out int keyLength)
            || !TrySkip(bytes, ref position, out int valueStart, out int valueLength)
            || position != size)
        {
            return RecordFault.BadStructure;
        }

        message = new LegacyMessage(bytes, keyStart, keyLength, valueStart, valueLength);
        return RecordFault.None;
    }

    private static bool TrySkip(ReadOnlySpan<byte> bytes, ref int position, out int start, out int length)
    {
        start = position + sizeof(int);
        length = -1;
        if (bytes.Length < start)
        {
            return false;
        }

        length = BinaryPrimitives.ReadInt32BigEndian(bytes[position..]);
        if (length > bytes.Length - start)
        {
            return false;
        }

        position = start + Math.Max(0, length);
        return true;
    }
}
