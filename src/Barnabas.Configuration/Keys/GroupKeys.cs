using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>Consumer groups of both protocols and their offsets.</summary>
public static class GroupKeys
{
    public static readonly ConfigKey<int> GroupMinSessionTimeoutMs =
        Key<int>("group.min.session.timeout.ms", Int, "6000", Medium, Fixed,
            "The shortest session timeout that a member may ask for.");

    public static readonly ConfigKey<int> GroupMaxSessionTimeoutMs =
        Key<int>("group.max.session.timeout.ms", Int, "1800000", Medium, Fixed,
            "The longest session timeout that a member may ask for.");

    public static readonly ConfigKey<int> GroupInitialRebalanceDelayMs =
        Key<int>("group.initial.rebalance.delay.ms", Int, "3000", Medium, Fixed,
            "How long an empty group waits for more members before its first assignment.");

    public static readonly ConfigKey<int> GroupMaxSize =
        Key<int>("group.max.size", Int, "2147483647", Medium, Fixed,
            "How many members a group may have.",
            AtLeast(1));

    public static readonly ConfigKey<int> OffsetMetadataMaxBytes =
        Key<int>("offset.metadata.max.bytes", Int, "4096", High, Fixed,
            "The longest text that may be committed beside an offset.");

    public static readonly ConfigKey<int> OffsetsCommitTimeoutMs =
        Key<int>("offsets.commit.timeout.ms", Int, "5000", High, Fixed,
            "How long a write of the coordinator may take until its replicas have it.",
            AtLeast(1));

    public static readonly ConfigKey<int> OffsetsLoadBufferSize =
        Key<int>("offsets.load.buffer.size", Int, "5242880", High, Fixed,
            "How many bytes are read at once when a coordinator loads its state.",
            AtLeast(1));

    public static readonly ConfigKey<int> OffsetsRetentionMinutes =
        Key<int>("offsets.retention.minutes", Int, "10080", High, Fixed,
            "How long the offsets of an empty group are kept.",
            AtLeast(1));

    public static readonly ConfigKey<long> OffsetsRetentionCheckIntervalMs =
        Key<long>("offsets.retention.check.interval.ms", Long, "600000", High, Fixed,
            "How often the coordinator looks for offsets to forget.",
            AtLeast(1));

    public static readonly ConfigKey<int> OffsetsTopicNumPartitions =
        Key<int>("offsets.topic.num.partitions", Int, "50", High, Fixed,
            "How many partitions the topic of offsets gets. Not to be changed afterwards.",
            AtLeast(1));

    public static readonly ConfigKey<short> OffsetsTopicReplicationFactor =
        Key<short>("offsets.topic.replication.factor", Short, "3", High, Fixed,
            "How many replicas the topic of offsets gets.",
            AtLeast(1));

    public static readonly ConfigKey<int> OffsetsTopicSegmentBytes =
        Key<int>("offsets.topic.segment.bytes", Int, "104857600", High, Fixed,
            "The segment size of the topic of offsets. Small segments load and compact faster.",
            AtLeast(1));

    /// <summary>The keys that this version acts on.</summary>
    internal static IReadOnlyList<ConfigKey> WithEffect { get; } =
    [
        GroupMinSessionTimeoutMs,
        GroupMaxSessionTimeoutMs,
        GroupInitialRebalanceDelayMs,
        GroupMaxSize,
        OffsetMetadataMaxBytes,
        OffsetsCommitTimeoutMs,
        OffsetsLoadBufferSize,
        OffsetsRetentionMinutes,
        OffsetsRetentionCheckIntervalMs,
        OffsetsTopicNumPartitions,
        OffsetsTopicReplicationFactor,
        OffsetsTopicSegmentBytes,
    ];

    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("offsets.topic.compression.codec", Int, "0", High, Fixed,
            "The codec of the topic of offsets, as a number."),
        Row("group.coordinator.rebalance.protocols", Names, "classic,consumer,streams", Medium, Fixed,
            "The group protocols that are offered. Barnabas offers the classic one so far.",
            Set(emptyAllowed: false, "consumer", "classic", "share", "streams")),
        Row("group.coordinator.threads", Int, "4", High, Fixed,
            "Kafka's threads for groups. Barnabas gives each coordinator shard a mailbox.",
            AtLeast(1)),
        Row("group.coordinator.background.threads", Int, "2", High, Fixed,
            "Kafka's threads for group chores.",
            AtLeast(1)),
        Row("group.coordinator.append.linger.ms", Int, "-1", Medium, Fixed,
            "How long a coordinator gathers records before it writes them; -1 adapts.",
            AtLeast(-1)),
        Row("group.coordinator.cached.buffer.max.bytes", Int, "1048588", Medium, ClusterWide,
            "How large a write buffer Kafka's coordinator keeps for reuse.",
            AtLeast(524288)),
        Row("group.consumer.assignors", Names, "uniform,range", Medium, Fixed,
            "Assignors of the consumer protocol (KIP-848), the default one first.",
            Set(emptyAllowed: false)),
        Row("group.consumer.assignor.offload.enable", Bool, "true", Medium, ClusterWide,
            "Whether assignments of consumer groups are computed on another thread.",
            isInternal: true),
        Row("group.consumer.assignment.interval.ms", Int, "1000", Medium, ClusterWide,
            "The pause between two assignments of a consumer group.",
            AtLeast(0)),
        Row("group.consumer.min.assignment.interval.ms", Int, "0", Medium, Fixed,
            "The shortest such pause that a group may set.",
            AtLeast(0)),
        Row("group.consumer.max.assignment.interval.ms", Int, "15000", Medium, Fixed,
            "The longest such pause that a group may set.",
            AtLeast(0)),
        Row("group.consumer.heartbeat.interval.ms", Int, "5000", Medium, Fixed,
            "The heartbeat interval given to members of a consumer group.",
            AtLeast(1)),
        Row("group.consumer.min.heartbeat.interval.ms", Int, "5000", Medium, Fixed,
            "The shortest heartbeat interval that a group may set.",
            AtLeast(1)),
        Row("group.consumer.max.heartbeat.interval.ms", Int, "15000", Medium, Fixed,
            "The longest heartbeat interval that a group may set.",
            AtLeast(1)),
        Row("group.consumer.session.timeout.ms", Int, "45000", Medium, Fixed,
            "After how long without heartbeat a member of a consumer group is gone.",
            AtLeast(1)),
        Row("group.consumer.min.session.timeout.ms", Int, "45000", Medium, Fixed,
            "The shortest session timeout that a group may set.",
            AtLeast(1)),
        Row("group.consumer.max.session.timeout.ms", Int, "60000", Medium, Fixed,
            "The longest session timeout that a group may set.",
            AtLeast(1)),
        Row("group.consumer.max.size", Int, "2147483647", Medium, Fixed,
            "How many members a consumer group may have.",
            AtLeast(1)),
        Row("group.consumer.migration.policy", Text, "bidirectional", Medium, Fixed,
            "Whether a group may move between the classic and the consumer protocol while it has members.",
            AnyCase("DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL")),
        Row("group.consumer.regex.refresh.interval.ms", Int, "600000", Medium, Fixed,
            "How often subscriptions by pattern are matched against the topics again.",
            AtLeast(10000),
            isInternal: true),
    ];
}
