namespace Barnabas.Storage;

/// <summary>Why a segment goes.</summary>
public enum RetentionReason
{
    None,

    /// <summary>DeleteRecords, or a leader whose log starts later, raised the log start offset beyond it.</summary>
    LogStartOffset,

    /// <summary><c>retention.bytes</c></summary>
    Size,

    /// <summary><c>retention.ms</c></summary>
    Time,
}
