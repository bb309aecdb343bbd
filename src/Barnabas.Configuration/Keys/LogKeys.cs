using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>Logs of partitions: the defaults of topic settings and the rhythm of upkeep.</summary>
public static class LogKeys
{
    public static readonly ConfigKey<int> LogSegmentBytes =
        Key<int>("log.segment.bytes", Int, "1073741824", High, ClusterWide,
            "The size at which a log segment ends and the next begins. Default of segment.bytes.",
            AtLeast(1048576));

    public static readonly ConfigKey<long?> LogRollMs =
        Key<long?>("log.roll.ms", Long, null, High, ClusterWide,
            "The age at which a log segment ends even if it is small. Default of segment.ms; if not set, " +
            "log.roll.hours counts.");

    public static readonly ConfigKey<int> LogRollHours =
        Key<int>("log.roll.hours", Int, "168", High, Fixed,
            "The same in hours.",
            AtLeast(1));

    public static readonly ConfigKey<long?> LogRollJitterMs =
        Key<long?>("log.roll.jitter.ms", Long, null, High, ClusterWide,
            "The most that is taken off the rolling age at random, so that not all segments roll at once. " +
            "Default of segment.jitter.ms.");

    public static readonly ConfigKey<int> LogRollJitterHours =
        Key<int>("log.roll.jitter.hours", Int, "0", High, Fixed,
            "The same in hours.",
            AtLeast(0));

    public static readonly ConfigKey<long?> LogRetentionMs =
        Key<long?>("log.retention.ms", Long, null, High, ClusterWide,
            "How long records are kept. -1: for ever. Default of retention.ms; if not set, " +
            "log.retention.minutes counts.");

    public static readonly ConfigKey<int?> LogRetentionMinutes =
        Key<int?>("log.retention.minutes", Int, null, High, Fixed,
            "The same in minutes; if not set, log.retention.hours counts.");

    public static readonly ConfigKey<int> LogRetentionHours =
        Key<int>("log.retention.hours", Int, "168", High, Fixed,
            "The same in hours.");

    public static readonly ConfigKey<long> LogRetentionBytes =
        Key<long>("log.retention.bytes", Long, "-1", High, ClusterWide,
            "How large one partition may grow before its oldest segments are deleted. -1: without bound. " +
            "Default of retention.bytes.");

    public static readonly ConfigKey<long> LogRetentionCheckIntervalMs =
        Key<long>("log.retention.check.interval.ms", Long, "300000", Medium, Fixed,
            "How often the node looks for segments to delete.",
            AtLeast(1));

    public static readonly ConfigKey<IReadOnlyList<string>> LogCleanupPolicy =
        Key<IReadOnlyList<string>>("log.cleanup.policy", Names, "delete", Medium, ClusterWide,
            "What happens to old segments: delete, compact, both, or nothing if the list is empty. " +
            "Barnabas does not compact yet. Default of cleanup.policy.",
            Set(emptyAllowed: true, "compact", "delete"));

    public static readonly ConfigKey<long> LogSegmentDeleteDelayMs =
        Key<long>("log.segment.delete.delay.ms", Long, "60000", High, ClusterWide,
            "How long a deleted segment stays on disk under another name. Default of " +
            "file.delete.delay.ms.",
            AtLeast(0));

    public static readonly ConfigKey<int> LogIndexIntervalBytes =
        Key<int>("log.index.interval.bytes", Int, "4096", Medium, ClusterWide,
            "How many bytes of log lie between two index entries. Default of index.interval.bytes.",
            AtLeast(0));

    public static readonly ConfigKey<int> LogIndexSizeMaxBytes =
        Key<int>("log.index.size.max.bytes", Int, "10485760", Medium, ClusterWide,
            "The largest index of one segment; the segment ends when it is full. Default of " +
            "segment.index.bytes.",
            AtLeast(4));

    public static readonly ConfigKey<long> LogFlushIntervalMessages =
        Key<long>("log.flush.interval.messages", Long, "9223372036854775807", High, ClusterWide,
            "After how many records a partition is forced to disk. Default of flush.messages.",
            AtLeast(1));

    public static readonly ConfigKey<long?> LogFlushIntervalMs =
        Key<long?>("log.flush.interval.ms", Long, null, High, ClusterWide,
            "After how long a record is forced to disk. Default of flush.ms; if not set, " +
            "log.flush.scheduler.interval.ms counts.");

    public static readonly ConfigKey<long> LogFlushSchedulerIntervalMs =
        Key<long>("log.flush.scheduler.interval.ms", Long, "9223372036854775807", High, Fixed,
            "How often the node looks for partitions that must be forced to disk.");

    public static readonly ConfigKey<int> LogFlushOffsetCheckpointIntervalMs =
        Key<int>("log.flush.offset.checkpoint.interval.ms", Int, "60000", High, Fixed,
            "How often the recovery points are written: what lies below them is not read again after a " +
            "crash.",
            AtLeast(0));

    public static readonly ConfigKey<bool> LogPreallocate =
        Key<bool>("log.preallocate", Bool, "false", Medium, ClusterWide,
            "Whether a new segment reserves its whole size on disk at once. Default of preallocate.");

    public static readonly ConfigKey<string> LogMessageTimestampType =
        Key<string>("log.message.timestamp.type", Text, "CreateTime", Medium, ClusterWide,
            "Whether records keep the time of their producer or get the time of the append. Default of " +
            "message.timestamp.type.",
            OneOf("CreateTime", "LogAppendTime"));

    public static readonly ConfigKey<long> LogMessageTimestampBeforeMaxMs =
        Key<long>("log.message.timestamp.before.max.ms", Long, "9223372036854775807", Medium, ClusterWide,
            "How far the time of a record may lie in the past. Default of " +
            "message.timestamp.before.max.ms.",
            AtLeast(0));

    public static readonly ConfigKey<long> LogMessageTimestampAfterMaxMs =
        Key<long>("log.message.timestamp.after.max.ms", Long, "3600000", Medium, ClusterWide,
            "How far the time of a record may lie in the future. Default of " +
            "message.timestamp.after.max.ms.",
            AtLeast(0));

    public static readonly ConfigKey<int> MessageMaxBytes =
        Key<int>("message.max.bytes", Int, "1048588", High, ClusterWide,
            "The largest record batch, as it lies on disk. Default of max.message.bytes.",
            AtLeast(0));

    public static readonly ConfigKey<int> MaxDecompressedMessageBytes =
        Key<int>("max.decompressed.message.bytes", Int, "2147483639", Medium, ClusterWide,
            "The largest single record after decompression. Default of the topic key of the same name.",
            Between(1, 2147483639));

    public static readonly ConfigKey<string> CompressionType =
        Key<string>("compression.type", Text, "producer", High, ClusterWide,
            "The codec of stored batches; producer keeps what the producer chose. Default of the topic " +
            "key of the same name.",
            OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"));

    public static readonly ConfigKey<int> CompressionGzipLevel =
        Key<int>("compression.gzip.level", Int, "-1", Medium, ClusterWide,
            "The level with which Barnabas compresses with gzip; -1 is the codec's own default. Default " +
            "of the topic key of the same name.",
            BetweenOr(1, 9, -1));

    public static readonly ConfigKey<int> CompressionLz4Level =
        Key<int>("compression.lz4.level", Int, "9", Medium, ClusterWide,
            "The level with which Barnabas compresses with lz4. Default of the topic key of the same " +
            "name.",
            Between(1, 17));

    public static readonly ConfigKey<int> CompressionZstdLevel =
        Key<int>("compression.zstd.level", Int, "3", Medium, ClusterWide,
            "The level with which Barnabas compresses with zstd. Default of the topic key of the same " +
            "name.",
            Between(-131072, 22));

    public static readonly ConfigKey<int> MinInSyncReplicas =
        Key<int>("min.insync.replicas", Int, "1", High, ClusterWide,
            "How many replicas must be in sync for a produce with acks=all. Default of the topic key of " +
            "the same name.",
            AtLeast(1));

    public static readonly ConfigKey<bool> AutoCreateTopicsEnable =
        Key<bool>("auto.create.topics.enable", Bool, "true", High, Fixed,
            "Whether asking for a topic that does not exist creates it.");

    public static readonly ConfigKey<int> NumPartitions =
        Key<int>("num.partitions", Int, "1", Medium, Fixed,
            "How many partitions a new topic gets if nobody says.",
            AtLeast(1));

    public static readonly ConfigKey<int> DefaultReplicationFactor =
        Key<int>("default.replication.factor", Int, "1", Medium, Fixed,
            "How many replicas a new topic gets if nobody says.");

    public static readonly ConfigKey<bool> DeleteTopicEnable =
        Key<bool>("delete.topic.enable", Bool, "true", High, Fixed,
            "Whether topics can be deleted.");

    public static readonly ConfigKey<int> ProducerIdExpirationMs =
        Key<int>("producer.id.expiration.ms", Int, "86400000", Low, ClusterWide,
            "How long a silent idempotent producer is remembered by a partition.",
            AtLeast(1));

    public static readonly ConfigKey<int> ProducerIdExpirationCheckIntervalMs =
        Key<int>("producer.id.expiration.check.interval.ms", Int, "600000", Low, Fixed,
            "How often partitions forget silent producers. For tests.",
            AtLeast(1),
            isInternal: true);

    /// <summary>The keys that this version acts on.</summary>
    internal static IReadOnlyList<ConfigKey> WithEffect { get; } =
    [
        LogSegmentBytes,
        LogRollMs,
        LogRollHours,
        LogRollJitterMs,
        LogRollJitterHours,
        LogRetentionMs,
        LogRetentionMinutes,
        LogRetentionHours,
        LogRetentionBytes,
        LogRetentionCheckIntervalMs,
        LogCleanupPolicy,
        LogSegmentDeleteDelayMs,
        LogIndexIntervalBytes,
        LogIndexSizeMaxBytes,
        LogFlushIntervalMessages,
        LogFlushIntervalMs,
        LogFlushSchedulerIntervalMs,
        LogFlushOffsetCheckpointIntervalMs,
        LogPreallocate,
        LogMessageTimestampType,
        LogMessageTimestampBeforeMaxMs,
        LogMessageTimestampAfterMaxMs,
        MessageMaxBytes,
        MaxDecompressedMessageBytes,
        CompressionType,
        CompressionGzipLevel,
        CompressionLz4Level,
        CompressionZstdLevel,
        MinInSyncReplicas,
        AutoCreateTopicsEnable,
        NumPartitions,
        DefaultReplicationFactor,
        DeleteTopicEnable,
        ProducerIdExpirationMs,
        ProducerIdExpirationCheckIntervalMs,
    ];

    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("log.flush.start.offset.checkpoint.interval.ms", Int, "60000", High, Fixed,
            "How often the first offsets of the logs are written, so that deleted records stay deleted.",
            AtLeast(0)),
        Row("log.initial.task.delay.ms", Long, "30000", Low, Fixed,
            "How long after the start the upkeep of logs begins. For tests.",
            AtLeast(0),
            isInternal: true),
        Row("num.recovery.threads.per.data.dir", Int, "2", High, ClusterWide,
            "How many threads check the logs of one directory after a crash.",
            AtLeast(1)),
        Row("log.dir.failure.timeout.ms", Long, "30000", Low, Fixed,
            "How long a broker tries to report a failed directory before it stops.",
            AtLeast(1)),
    ];
}
