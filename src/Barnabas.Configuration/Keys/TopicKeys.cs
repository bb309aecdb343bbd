using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>What can be set for a single topic. What is not set follows the broker's key of the same meaning.</summary>
public static class TopicKeys
{
    public static readonly ConfigKey<int> SegmentBytes =
        Key<int>("segment.bytes", Int, "1073741824", Medium, Fixed,
            "The size at which a log segment ends and the next begins.",
            AtLeast(1048576));

    public static readonly ConfigKey<long> SegmentMs =
        Key<long>("segment.ms", Long, "604800000", Medium, Fixed,
            "The age at which a log segment ends even if it is small, so that retention can take it.",
            AtLeast(1));

    public static readonly ConfigKey<long> SegmentJitterMs =
        Key<long>("segment.jitter.ms", Long, "0", Medium, Fixed,
            "The most that is taken off segment.ms at random, so that not all segments roll at once.",
            AtLeast(0));

    public static readonly ConfigKey<int> SegmentIndexBytes =
        Key<int>("segment.index.bytes", Int, "10485760", Medium, Fixed,
            "The largest index of one segment; the segment ends when it is full.",
            AtLeast(4));

    public static readonly ConfigKey<int> IndexIntervalBytes =
        Key<int>("index.interval.bytes", Int, "4096", Medium, Fixed,
            "How many bytes of log lie between two index entries.",
            AtLeast(0));

    public static readonly ConfigKey<long> RetentionMs =
        Key<long>("retention.ms", Long, "604800000", Medium, Fixed,
            "How long records are kept. -1: for ever.",
            AtLeast(-1));

    public static readonly ConfigKey<long> RetentionBytes =
        Key<long>("retention.bytes", Long, "-1", Medium, Fixed,
            "How large one partition may grow before its oldest segments are deleted. -1: without bound.");

    public static readonly ConfigKey<IReadOnlyList<string>> CleanupPolicy =
        Key<IReadOnlyList<string>>("cleanup.policy", Names, "delete", Medium, Fixed,
            "What happens to old segments: delete, compact, both, or nothing if the list is empty. " +
            "Barnabas does not compact yet.",
            Set(emptyAllowed: true, "compact", "delete"));

    public static readonly ConfigKey<long> FileDeleteDelayMs =
        Key<long>("file.delete.delay.ms", Long, "60000", Medium, Fixed,
            "How long a deleted segment stays on disk under another name.",
            AtLeast(0));

    public static readonly ConfigKey<long> FlushMessages =
        Key<long>("flush.messages", Long, "9223372036854775807", Medium, Fixed,
            "After how many records the partition is forced to disk.",
            AtLeast(1));

    public static readonly ConfigKey<long> FlushMs =
        Key<long>("flush.ms", Long, "9223372036854775807", Medium, Fixed,
            "After how long a record is forced to disk.",
            AtLeast(0));

    public static readonly ConfigKey<bool> Preallocate =
        Key<bool>("preallocate", Bool, "false", Medium, Fixed,
            "Whether a new segment reserves its whole size on disk at once.");

    public static readonly ConfigKey<int> MaxMessageBytes =
        Key<int>("max.message.bytes", Int, "1048588", Medium, Fixed,
            "The largest record batch, as it lies on disk.",
            AtLeast(0));

    public static readonly ConfigKey<int> MaxDecompressedMessageBytes =
        Key<int>("max.decompressed.message.bytes", Int, "2147483639", Medium, Fixed,
            "The largest single record after decompression.",
            Between(1, 2147483639));

    public static readonly ConfigKey<string> MessageTimestampType =
        Key<string>("message.timestamp.type", Text, "CreateTime", Medium, Fixed,
            "Whether records keep the time of their producer or get the time of the append.",
            OneOf("CreateTime", "LogAppendTime"));

    public static readonly ConfigKey<long> MessageTimestampBeforeMaxMs =
        Key<long>("message.timestamp.before.max.ms", Long, "9223372036854775807", Medium, Fixed,
            "How far the time of a record may lie in the past.",
            AtLeast(0));

    public static readonly ConfigKey<long> MessageTimestampAfterMaxMs =
        Key<long>("message.timestamp.after.max.ms", Long, "3600000", Medium, Fixed,
            "How far the time of a record may lie in the future.",
            AtLeast(0));

    public static readonly ConfigKey<int> MinInSyncReplicas =
        Key<int>("min.insync.replicas", Int, "1", Medium, Fixed,
            "How many replicas must be in sync for a produce with acks=all.",
            AtLeast(1));

    public static readonly ConfigKey<string> CompressionType =
        Key<string>("compression.type", Text, "producer", Medium, Fixed,
            "The codec of stored batches; producer keeps what the producer chose.",
            OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"));

    public static readonly ConfigKey<int> CompressionGzipLevel =
        Key<int>("compression.gzip.level", Int, "-1", Medium, Fixed,
            "The level with which Barnabas compresses with gzip; -1 is the codec's own default.",
            BetweenOr(1, 9, -1));

    public static readonly ConfigKey<int> CompressionLz4Level =
        Key<int>("compression.lz4.level", Int, "9", Medium, Fixed,
            "The level with which Barnabas compresses with lz4.",
            Between(1, 17));

    public static readonly ConfigKey<int> CompressionZstdLevel =
        Key<int>("compression.zstd.level", Int, "3", Medium, Fixed,
            "The level with which Barnabas compresses with zstd.",
            Between(-131072, 22));

    public static readonly ConfigKey<int?> InternalSegmentBytes =
        Key<int?>("internal.segment.bytes", Int, null, Medium, Fixed,
            "The segment size without its lower bound. For tests.",
            isInternal: true);

    /// <summary>The keys that this version acts on.</summary>
    internal static IReadOnlyList<ConfigKey> WithEffect { get; } =
    [
        SegmentBytes,
        SegmentMs,
        SegmentJitterMs,
        SegmentIndexBytes,
        IndexIntervalBytes,
        RetentionMs,
        RetentionBytes,
        CleanupPolicy,
        FileDeleteDelayMs,
        FlushMessages,
        FlushMs,
        Preallocate,
        MaxMessageBytes,
        MaxDecompressedMessageBytes,
        MessageTimestampType,
        MessageTimestampBeforeMaxMs,
        MessageTimestampAfterMaxMs,
        MinInSyncReplicas,
        CompressionType,
        CompressionGzipLevel,
        CompressionLz4Level,
        CompressionZstdLevel,
        InternalSegmentBytes,
    ];

    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("delete.retention.ms", Long, "86400000", Medium, Fixed,
            "How long a tombstone stays readable after compaction. No effect yet: Barnabas does not " +
            "compact.",
            AtLeast(0)),
        Row("min.compaction.lag.ms", Long, "0", Medium, Fixed,
            "How long a record stays untouched by compaction. No effect yet: Barnabas does not compact.",
            AtLeast(0)),
        Row("max.compaction.lag.ms", Long, "9223372036854775807", Medium, Fixed,
            "After how long compaction must have considered a record. No effect yet: Barnabas does not " +
            "compact.",
            AtLeast(1)),
        Row("min.cleanable.dirty.ratio", Real, "0.5", Medium, Fixed,
            "How much of the log must be dirty before it is compacted. No effect yet: Barnabas does not " +
            "compact.",
            Between(0, 1)),
        Row("unclean.leader.election.enable", Bool, "false", Medium, Fixed,
            "Whether a replica that is not in sync may lead if no other is left, which loses records."),
        Row("leader.replication.throttled.replicas", Names, "", Medium, Fixed,
            "Replicas whose sending is throttled, as partition:broker pairs or a star.",
            ThrottledReplicas),
        Row("follower.replication.throttled.replicas", Names, "", Medium, Fixed,
            "Replicas whose fetching is throttled, as partition:broker pairs or a star.",
            ThrottledReplicas),
        Row("errors.deadletterqueue.group.enable", Bool, "false", Medium, Fixed,
            "Whether share groups may write undeliverable records to this topic (KIP-1191)."),
        Row("remote.storage.enable", Bool, "false", Medium, Fixed,
            "Whether segments are moved to remote storage. No effect yet."),
        Row("local.retention.bytes", Long, "-2", Medium, Fixed,
            "How much of a tiered partition stays local; -2 follows retention.bytes.",
            AtLeast(-2)),
        Row("local.retention.ms", Long, "-2", Medium, Fixed,
            "How long records of a tiered partition stay local; -2 follows retention.ms.",
            AtLeast(-2)),
        Row("remote.copy.lag.bytes", Long, "-1", Medium, Fixed,
            "How many newer bytes must follow a segment before it is copied.",
            AtLeast(-1)),
        Row("remote.copy.lag.ms", Long, "0", Medium, Fixed,
            "How old a segment must be before it is copied.",
            AtLeast(-1)),
        Row("remote.log.copy.disable", Bool, "false", Medium, Fixed,
            "Whether a tiered topic stops copying and keeps what is there."),
        Row("remote.log.delete.on.disable", Bool, "false", Medium, Fixed,
            "Whether remote data is deleted when tiering is switched off."),
    ];
}
