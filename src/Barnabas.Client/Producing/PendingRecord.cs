using Barnabas.Records;

namespace Barnabas.Client;

/// <summary>A record on its way into a batch, its bytes still the caller's.</summary>
internal readonly ref struct PendingRecord(
    long timestampMs,
    OptionalBytes key,
    OptionalBytes value,
    ReadOnlySpan<Records.RecordHeader> headers,
    int headerBytes,
    bool promise)
{
    public long TimestampMs { get; } = timestampMs;

    public OptionalBytes Key { get; } = key;

    public OptionalBytes Value { get; } = value;

    public ReadOnlySpan<Records.RecordHeader> Headers { get; } = headers;

    /// <summary>Somebody will await the record's fate.</summary>
    public bool Promise { get; } = promise;

    /// <summary>
    /// The batch of this record alone is not larger: the header of the batch (61), then length, attributes, two deltas,
    /// two lengths and the header count of the record (5 + 1 + 10 + 5 + 5 + 5 + 5), and the bytes themselves.
    /// </summary>
    public long BytesMax =>
        RecordBatch.HeaderSize + 36L + Key.Span.Length + Value.Span.Length + headerBytes;
}
