using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The answer to a read. When <see cref="HasRegion"/>, the caller owns one use of the region's file and releases it
/// once.
/// </summary>
public readonly record struct LogRead
{
    /// <summary>
    /// None, OffsetOutOfRange, KafkaStorageError, or CorruptMessage if there is no batch where one should be.
    /// </summary>
    public ErrorCode Error { get; internal init; }

    /// <summary>For the operator's log; null if there is no error.</summary>
    public string? Message { get; internal init; }

    /// <summary>
    /// Bytes to send; meaningful if <see cref="HasRegion"/>. They may end within a batch, as Kafka's may.
    /// </summary>
    public FileRegion Region { get; internal init; }

    /// <summary>Offset of the first batch in the region; at or below the one asked for.</summary>
    public Offset BaseOffset { get; internal init; }

    /// <summary>No record of the region reaches this offset.</summary>
    public Offset Limit { get; internal init; }

    /// <summary>Bytes of the first batch, also if it was too large to be returned.</summary>
    public int FirstBatchSize { get; internal init; }

    /// <summary>
    /// What may be read goes on in a later segment: one read is of one segment, and this one will not grow.
    /// </summary>
    public bool HasMoreSegments { get; internal init; }

    /// <summary>
    /// Nothing was read: the device would have to be waited for, and the caller did not want to. Only then.
    /// </summary>
    public bool IsCold { get; private init; }

    public bool HasRegion => Region.Count > 0;

    internal static LogRead Empty => default;

    internal static LogRead Cold => new() { IsCold = true };

    internal static LogRead Failed(ErrorCode error, string message) => new() { Error = error, Message = message };
}
