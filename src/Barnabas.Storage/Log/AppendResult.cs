using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// What became of an append. With <see cref="ErrorCode.None"/> the records are in the log (of a duplicate: were, since
/// it was appended first); with any other code nothing was appended.
/// </summary>
public readonly record struct AppendResult
{
    public ErrorCode Error { get; internal init; }

    /// <summary>For the client; null if there is no error.</summary>
    public string? Message { get; internal init; }

    /// <summary>The records that are to blame; null if none singly is.</summary>
    public IReadOnlyList<RecordError>? RecordErrors { get; internal init; }

    public Offset BaseOffset { get; internal init; }

    public Offset LastOffset { get; internal init; }

    /// <summary>
    /// The leader's timestamp, or -1 if the topic keeps the producer's; of a duplicate the batch's largest.
    /// </summary>
    public long LogAppendTime { get; internal init; }

    public Offset LogStartOffset { get; internal init; }

    /// <summary>The batch was in the log already; the offsets are those it got then (KIP-98).</summary>
    public bool IsDuplicate { get; internal init; }

    /// <summary>An append that did not come so far, or failed: nothing was appended.</summary>
    public static AppendResult Refused(
        ErrorCode error, string? message, IReadOnlyList<RecordError>? recordErrors = null) =>
        new()
        {
            Error = error,
            Message = message,
            RecordErrors = recordErrors,
            BaseOffset = Offset.None,
            LastOffset = Offset.None,
            LogAppendTime = RecordBatch.NoTimestamp,
            LogStartOffset = Offset.None,
        };
}
