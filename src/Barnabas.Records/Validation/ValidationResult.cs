using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>A batch that may be written, with what it got; or why it may not.</summary>
public readonly record struct ValidationResult
{
    public ErrorCode Error { get; private init; }

    /// <summary>For the client; null if there is no error.</summary>
    public string? Message { get; private init; }

    /// <summary>
    /// At most <see cref="RecordBatchValidator.MaxRecordErrors"/>; null if no single record is to blame.
    /// </summary>
    public IReadOnlyList<RecordError>? RecordErrors { get; private init; }

    /// <summary>
    /// How many of the bytes that were given are the batch: a cut-off batch behind it is dropped. Write these, unless
    /// there is a <see cref="Replacement"/>.
    /// </summary>
    public int ValidBytes { get; init; }

    /// <summary>What to write instead of the bytes that were given, if they had to be compressed anew.</summary>
    public ReadOnlyMemory<byte>? Replacement { get; init; }

    public Offset BaseOffset { get; init; }

    public Offset LastOffset { get; init; }

    /// <summary>The largest timestamp that is now in the batch, or -1.</summary>
    public long MaxTimestamp { get; init; }

    /// <summary>The leader's stamp, or -1 if the topic keeps the producer's.</summary>
    public long LogAppendTime { get; init; }

    internal static ValidationResult Refuse(
        ErrorCode error, string message, IReadOnlyList<RecordError>? recordErrors = null) =>
        new()
        {
            Error = error,
            Message = message,
            RecordErrors = recordErrors,
            BaseOffset = Offset.None,
            LastOffset = Offset.None,
            MaxTimestamp = RecordBatch.NoTimestamp,
            LogAppendTime = RecordBatch.NoTimestamp,
        };
}
