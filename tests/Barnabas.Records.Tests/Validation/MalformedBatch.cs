using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Records.Tests;

/// <summary>
/// Batches that lie: fields are overwritten one by one, and the checksum made to fit unless it is the lie.
/// </summary>
internal static class MalformedBatch
{
    /// <summary>Overwrites a 32-bit field and renews the checksum.</summary>
    public static byte[] With(byte[] batch, int at, int value)
    {
        byte[] copy = [.. batch];
        BinaryPrimitives.WriteInt32BigEndian(copy.AsSpan(at), value);
        return Sealed(copy);
    }

    public static byte[] WithAttributes(byte[] batch, int attributes)
    {
        byte[] copy = [.. batch];
        BinaryPrimitives.WriteInt16BigEndian(copy.AsSpan(RecordBatchLayout.Attributes), (short)attributes);
        return Sealed(copy);
    }

    /// <summary>The length field as it is given, over bytes that keep their number.</summary>
    public static byte[] WithLength(byte[] batch, int length)
    {
        byte[] copy = [.. batch];
        BinaryPrimitives.WriteInt32BigEndian(copy.AsSpan(RecordBatchLayout.Length), length);
        return copy;
    }

    public static byte[] WithMagic(byte[] batch, byte magic)
    {
        byte[] copy = [.. batch];
        copy[RecordBatchLayout.Magic] = magic;
        return copy;
    }

    /// <summary>A batch that counts one record and holds these bytes.</summary>
    public static byte[] Holding(ReadOnlySpan<byte> records, CompressionType compression = CompressionType.None)
    {
        byte[] batch = [.. TestBatch.Of(new TestRecord("k", "v")).AsSpan(0, RecordBatch.HeaderSize), .. records];
        BinaryPrimitives.WriteInt32BigEndian(
            batch.AsSpan(RecordBatchLayout.Length), batch.Length - RecordBatch.LogOverhead);
        return WithAttributes(batch, (int)compression);
    }

    /// <summary>One record: its length in front of the parts.</summary>
    public static byte[] Record(params ReadOnlySpan<byte> body)
    {
        byte[] size = new byte[Varint.MaxSize32];
        int length = Varint.WriteSigned(size, body.Length);
        return [.. size.AsSpan(0, length), .. body];
    }

    public static byte[] Sealed(byte[] batch)
    {
        new MutableRecordBatch(batch).RenewCrc();
        return batch;
    }
}
