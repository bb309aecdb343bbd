namespace Barnabas.Client;

/// <summary>A record to be produced. Its bytes are copied when it is handed over and may be reused then.</summary>
public readonly record struct ProducerRecord(string Topic)
{
    /// <summary>Null lets the producer choose: by the key's hash, or in turn without a key.</summary>
    public int? Partition { get; init; }

    /// <summary>Null for none, which is not the same as empty.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>Null deletes the key in a compacted topic.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>In the order they are to be read; null for none.</summary>
    public IReadOnlyList<RecordHeader>? Headers { get; init; }

    /// <summary>Milliseconds since 1970, at least 0; null takes the time of the call.</summary>
    public long? TimestampMs { get; init; }
}
