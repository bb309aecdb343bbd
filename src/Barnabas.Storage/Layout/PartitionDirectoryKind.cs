namespace Barnabas.Storage;

/// <summary>What a directory below a log directory is, by its name.</summary>
public enum PartitionDirectoryKind
{
    /// <summary>Not the name of a partition; left alone.</summary>
    Unknown,

    /// <summary><c>topic-partition</c>.</summary>
    Partition,

    /// <summary><c>topic-partition.id-delete</c>: removed when found at start.</summary>
    Deleted,

    /// <summary><c>topic-partition.id-future</c>: a replica on its way from another log directory (KIP-113).</summary>
    Future,

    /// <summary><c>topic-partition.id-stray</c>: a replica the metadata does not know; kept for the operator.</summary>
    Stray,
}
