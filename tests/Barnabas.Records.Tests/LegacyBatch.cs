using System.Buffers;
using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Records.Tests;

/// <summary>
/// Messages of magic 0 and 1, written from the format's description: nothing in the product writes them.
/// </summary>
internal static class LegacyBatch
{
    public static byte[] Message(
        byte magic, long offset, long timestamp, byte[]? key, byte[]? value, int attributes = 0)
    {
        var bytes = new List<byte>();
        Add64(bytes, offset);
        Add32(bytes, 0);
        Add32(bytes, 0);
        bytes.Add(magic);
        bytes.Add((byte)attributes);
        if (magic == 1)
        {
            Add64(bytes, timestamp);
        }

        AddBytes(bytes, key);
        AddBytes(bytes, value);
        byte[] message = [.. bytes];
        int length = message.Length - RecordBatch.LogOverhead;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(RecordBatchLayout.Length), length);
        return Sealed(message);
    }

    /// <summary>A compressed set: the wrapper carries the last offset, and the largest timestamp.</summary>
    public static byte[] Set(
        byte magic,
        CompressionCodecs codecs,
        CompressionType type,
        long offset,
        long timestamp,
        params byte[][] messages)
    {
        var compressed = new ArrayBufferWriter<byte>();
        codecs.Find(type)!.Compress(messages.SelectMany(message => message).ToArray(), compressed);
        return Message(magic, offset, timestamp, null, compressed.WrittenSpan.ToArray(), (int)type);
    }

    public static byte[] Sealed(byte[] message)
    {
        uint crc = Crc32.Compute(message.AsSpan(RecordBatchLayout.Magic));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(RecordBatchLayout.LegacyCrc), crc);
        return message;
    }

    private static void Add64(List<byte> bytes, long value)
    {
        byte[] part = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(part, value);
        bytes.AddRange(part);
    }

    private static void Add32(List<byte> bytes, int value)
    {
        byte[] part = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(part, value);
        bytes.AddRange(part);
    }

    private static void AddBytes(List<byte> bytes, byte[]? value)
    {
        Add32(bytes, value?.Length ?? -1);
        bytes.AddRange(value ?? []);
    }
}
