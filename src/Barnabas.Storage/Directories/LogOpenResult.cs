using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The opened log, or why there is none: KafkaStorageError for a damaged log or a failed directory, InconsistentTopicId
/// for files that belong to another topic of the same name, InvalidTopicException for a name that cannot be a
/// directory.
/// </summary>
public sealed record LogOpenResult(PartitionLog? Log, ErrorCode Error, string? Message)
{
    /// <summary>The reason may pass by itself, a full disk or too many open files: it is worth trying again.</summary>
    public bool MayPass { get; init; }

    internal static LogOpenResult Opened(PartitionLog log) => new(log, ErrorCode.None, null);

    internal static LogOpenResult Failed(ErrorCode error, string message) => new(null, error, message);
}
