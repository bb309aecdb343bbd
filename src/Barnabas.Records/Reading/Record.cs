using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>One record, its bytes where they lie. Valid as long as the bytes it was read from.</summary>
public readonly ref struct Record
{
    private readonly ReadOnlySpan<byte> _headers;

    internal Record(
        Offset offset,
        long timestamp,
        OptionalBytes key,
        OptionalBytes value,
        int headerCount,
        ReadOnlySpan<byte> headers)
    {
        Offset = offset;
        Timestamp = timestamp;
        Key = key;
        Value = value;
        HeaderCount = headerCount;
        _headers = headers;
    }

    public Offset Offset { get; }

    /// <summary>
    /// Milliseconds since 1970, or -1. In a batch stamped by the leader the batch's time, as every reader of Kafka sees
    /// it.
    /// </summary>
    public long Timestamp { get; }

    public OptionalBytes Key { get; }

    public OptionalBytes Value { get; }

    public int HeaderCount { get; }

    /// <summary>The headers as they are written, without their number.</summary>
    internal ReadOnlySpan<byte> HeaderBytes => _headers;

    /// <summary>The headers in their order; the reader has already checked that they are well formed.</summary>
    public RecordHeaderReader Headers => new(_headers, HeaderCount);
}
