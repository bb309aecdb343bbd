using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>Compaction. Barnabas does not compact yet.</summary>
public static class CleanerKeys
{
    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("log.cleaner.enable", Bool, "true", Medium, Fixed,
            "Whether logs are compacted."),
        Row("log.cleaner.threads", Int, "1", Medium, ClusterWide,
            "How many threads compact.",
            AtLeast(0)),
        Row("log.cleaner.backoff.ms", Long, "15000", Medium, ClusterWide,
            "How long an idle compaction thread sleeps.",
            AtLeast(0)),
        Row("log.cleaner.dedupe.buffer.size", Long, "134217728", Medium, ClusterWide,
            "Memory for the map of keys, for all threads together."),
        Row("log.cleaner.io.buffer.size", Int, "524288", Medium, ClusterWide,
            "Memory for reading and writing, for all threads together.",
            AtLeast(0)),
        Row("log.cleaner.io.buffer.load.factor", Real, "0.9", Medium, ClusterWide,
            "How full the map of keys may get."),
        Row("log.cleaner.io.max.bytes.per.second", Real, "1.7976931348623157E308", Medium, ClusterWide,
            "How fast compaction may read and write."),
        Row("log.cleaner.delete.retention.ms", Long, "86400000", Medium, ClusterWide,
            "How long a tombstone stays readable. Default of delete.retention.ms.",
            AtLeast(0)),
        Row("log.cleaner.min.compaction.lag.ms", Long, "0", Medium, ClusterWide,
            "How long a record stays untouched. Default of min.compaction.lag.ms.",
            AtLeast(0)),
        Row("log.cleaner.max.compaction.lag.ms", Long, "9223372036854775807", Medium, ClusterWide,
            "After how long a record must have been considered. Default of max.compaction.lag.ms.",
            AtLeast(1)),
        Row("log.cleaner.min.cleanable.ratio", Real, "0.5", Medium, ClusterWide,
            "How much of a log must be dirty before it is compacted. Default of " +
            "min.cleanable.dirty.ratio.",
            Between(0, 1)),
    ];
}
