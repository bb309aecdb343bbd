using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// Records of <c>__cluster_metadata</c> and of its snapshots: frame version, record type and message version as
/// unsigned varints, then the message.
/// </summary>
public static class MetadataRecordCodec
{
    // Frame version 0 belonged to the preview of KRaft in 2.8 and cannot be upgraded.
    private const int FrameVersion = 1;

    /// <summary>The bytes that <see cref="Write"/> takes.</summary>
    public static int Measure(MessageAndVersion record) =>
        Varint.SizeOf((uint)FrameVersion)
        + Varint.SizeOf((uint)record.Message.RecordType)
        + Varint.SizeOf((uint)record.Version)
        + record.Message.Measure(record.Version);

    public static void Write(ref KafkaWriter writer, MessageAndVersion record)
    {
        writer.WriteUnsignedVarint(FrameVersion);
        writer.WriteUnsignedVarint(record.Message.RecordType);
        writer.WriteUnsignedVarint(record.Version);
        record.Message.Write(ref writer, record.Version);
    }

    public static byte[] ToBytes(MessageAndVersion record)
    {
        byte[] bytes = new byte[Measure(record)];
        KafkaWriter writer = new(bytes);
        Write(ref writer, record);
        return bytes;
    }

    /// <summary>Decodes the value of one log record, which must hold nothing else.</summary>
    public static RecordDecoding TryRead(ReadOnlySpan<byte> bytes, out MessageAndVersion record)
    {
        record = default;
        KafkaReader reader = new(bytes);
        int frame = reader.ReadUnsignedVarint();
        int type = reader.ReadUnsignedVarint();
        int version = reader.ReadUnsignedVarint();
        if (reader.Failed)
        {
            return RecordDecoding.Malformed;
        }

        if (frame != FrameVersion)
        {
            return RecordDecoding.UnknownFrameVersion;
        }

        IRecordMessage? message = type is >= 0 and <= short.MaxValue ? MetadataRecords.Create((short)type) : null;
        if (message is null)
        {
            return RecordDecoding.UnknownType;
        }

        if (version < message.LowestSupportedVersion || version > message.HighestSupportedVersion)
        {
            return RecordDecoding.UnknownVersion;
        }

        message.Read(ref reader, (short)version);
        if (reader.Failed)
        {
            return RecordDecoding.Malformed;
        }

        record = new(message, (short)version);
        return reader.Remaining == 0 ? RecordDecoding.Ok : RecordDecoding.TrailingBytes;
    }
}
