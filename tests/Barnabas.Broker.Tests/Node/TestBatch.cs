using System.Buffers.Binary;
using System.Text;
using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Records;

namespace Barnabas.Broker.Tests;

/// <summary>Record batches, sound ones and such with one thing wrong.</summary>
internal static class TestBatch
{
    public const int LengthAt = 8;
    public const int MagicAt = 16;
    public const int CrcAt = 17;
    public const int AttributesAt = 21;
    public const int LastOffsetDeltaAt = 23;
    public const int CountAt = 57;
    public const int RecordsAt = 61;

    /// <summary>
    /// In the milliseconds since 1970; recent enough for every default of <c>message.timestamp.*</c>.
    /// </summary>
    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public static byte[] Of(params ReadOnlySpan<string> values) => Of(new RecordBatchTemplate(), values);

    public static byte[] Of(RecordBatchTemplate template, params ReadOnlySpan<string> values) =>
        Of(template, Now, values);

    public static byte[] Of(RecordBatchTemplate template, long timestamp, params ReadOnlySpan<string> values)
    {
        RecordBatchBuilder builder = new(NativeCodecs.Create(), 256 << 20);
        builder.Reset(template);
        foreach (string value in values)
        {
            Assert.True(builder.TryAppend(timestamp, Encoding.UTF8.GetBytes("k"), Encoding.UTF8.GetBytes(value)));
        }

        return builder.Build().ToArray();
    }

    public static byte[] WithoutKey(string value)
    {
        RecordBatchBuilder builder = new(NativeCodecs.Create(), 1 << 20);
        builder.Reset(new RecordBatchTemplate());
        Assert.True(builder.TryAppend(Now, OptionalBytes.Null, Encoding.UTF8.GetBytes(value)));
        return builder.Build().ToArray();
    }

    public static byte[] Control()
    {
        RecordBatchBuilder builder = new(NativeCodecs.Create(), 1 << 20);
        builder.Reset(new RecordBatchTemplate { IsControl = true });
        Assert.True(builder.TryAppendControl(ControlRecordType.Commit, Now, [0, 0, 0, 0, 0, 0]));
        return builder.Build().ToArray();
    }

    /// <summary>A batch whose records are these bytes, whatever they are, under a right checksum.</summary>
    public static byte[] Raw(int count, ReadOnlySpan<byte> records, short attributes = 0, int? lastOffsetDelta = null)
    {
        byte[] batch = [.. Of("x")[..RecordsAt], .. records];
        return Sealed(batch, bytes =>
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LengthAt), bytes.Length - 12);
            BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(AttributesAt), attributes);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LastOffsetDeltaAt), lastOffsetDelta ?? count - 1);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CountAt), count);
        });
    }

    /// <summary>Changes a copy and makes its checksum right again.</summary>
    public static byte[] Sealed(byte[] batch, Action<byte[]> change)
    {
        byte[] changed = [.. batch];
        change(changed);
        BinaryPrimitives.WriteUInt32BigEndian(
            changed.AsSpan(CrcAt), Crc32C.Compute(changed.AsSpan(AttributesAt)));
        return changed;
    }

    /// <summary>Changes a copy and leaves the checksum as it was.</summary>
    public static byte[] Changed(byte[] batch, Action<byte[]> change)
    {
        byte[] changed = [.. batch];
        change(changed);
        return changed;
    }

    public static void PutInt32(byte[] bytes, int at, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), value);
}
