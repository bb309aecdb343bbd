namespace Barnabas.Protocol;

/// <summary>
/// Records of the coordinators' logs: the key is the record type as int16 and the key message in its version 0, the
/// value is its version as int16 and the value message. No value at all is a tombstone.
/// </summary>
public sealed class CoordinatorRecordCodec
{
    private const short KeyVersion = 0;

    private readonly Func<short, IRecordMessage?> _createKey;
    private readonly Func<short, IRecordMessage?> _createValue;

    private CoordinatorRecordCodec(Func<short, IRecordMessage?> createKey, Func<short, IRecordMessage?> createValue)
    {
        _createKey = createKey;
        _createValue = createValue;
    }

    /// <summary>The records of <c>__consumer_offsets</c>.</summary>
    public static CoordinatorRecordCodec Group { get; } = new(GroupRecords.CreateKey, GroupRecords.CreateValue);

    /// <summary>The records of <c>__transaction_state</c>.</summary>
    public static CoordinatorRecordCodec Transaction { get; } =
        new(TransactionRecords.CreateKey, TransactionRecords.CreateValue);

    /// <summary>The records of <c>__share_group_state</c>.</summary>
    public static CoordinatorRecordCodec Share { get; } = new(ShareRecords.CreateKey, ShareRecords.CreateValue);

    public static int MeasureKey(IRecordMessage key) => sizeof(short) + key.Measure(KeyVersion);

    public static void WriteKey(ref KafkaWriter writer, IRecordMessage key)
    {
        writer.WriteInt16(key.RecordType);
        key.Write(ref writer, KeyVersion);
    }

    public static int MeasureValue(MessageAndVersion value) => sizeof(short) + value.Message.Measure(value.Version);

    public static void WriteValue(ref KafkaWriter writer, MessageAndVersion value)
    {
        writer.WriteInt16(value.Version);
        value.Message.Write(ref writer, value.Version);
    }

    public static byte[] KeyToBytes(IRecordMessage key)
    {
        byte[] bytes = new byte[MeasureKey(key)];
        KafkaWriter writer = new(bytes);
        WriteKey(ref writer, key);
        return bytes;
    }

    public static byte[] ValueToBytes(MessageAndVersion value)
    {
        byte[] bytes = new byte[MeasureValue(value)];
        KafkaWriter writer = new(bytes);
        WriteValue(ref writer, value);
        return bytes;
    }

    /// <summary>Decodes a key. Bytes after the message are ignored, as in Apache Kafka.</summary>
    public RecordDecoding TryReadKey(ReadOnlySpan<byte> bytes, out IRecordMessage? key)
    {
        KafkaReader reader = new(bytes);
        short type = reader.ReadInt16();
        key = null;
        if (reader.Failed)
        {
            return RecordDecoding.Malformed;
        }

        IRecordMessage? message = _createKey(type);
        if (message is null)
        {
            return RecordDecoding.UnknownType;
        }

        message.Read(ref reader, KeyVersion);
        key = reader.Failed ? null : message;
        return reader.Failed ? RecordDecoding.Malformed : RecordDecoding.Ok;
    }

    /// <summary>Decodes the value that belongs to a key of <paramref name="type"/>.</summary>
    public RecordDecoding TryReadValue(short type, ReadOnlySpan<byte> bytes, out MessageAndVersion value)
    {
        KafkaReader reader = new(bytes);
        short version = reader.ReadInt16();
        value = default;
        if (reader.Failed)
        {
            return RecordDecoding.Malformed;
        }

        IRecordMessage? message = _createValue(type);
        if (message is null)
        {
            return RecordDecoding.UnknownType;
        }

        if (version < message.LowestSupportedVersion || version > message.HighestSupportedVersion)
        {
            return RecordDecoding.UnknownVersion;
        }

        message.Read(ref reader, version);
        if (reader.Failed)
        {
            return RecordDecoding.Malformed;
        }

        value = new(message, version);
        return RecordDecoding.Ok;
    }
}
