using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// What can be configured about groups. Names in the remarks are the keys of <c>server.properties</c>.
/// </summary>
public sealed record GroupCoordinatorOptions
{
    /// <summary>
    /// <c>offsets.topic.num.partitions</c>, default 50. Decides where a group lives: it must be what
    /// <c>__consumer_offsets</c> was created with, or groups are not found.
    /// </summary>
    public int OffsetsTopicPartitions { get; init; } = 50;

    /// <summary><c>group.min.session.timeout.ms</c>, default 6000. Below it INVALID_SESSION_TIMEOUT.</summary>
    public int MinSessionTimeoutMs { get; init; } = 6_000;

    /// <summary><c>group.max.session.timeout.ms</c>, default 1800000. Above it INVALID_SESSION_TIMEOUT.</summary>
    public int MaxSessionTimeoutMs { get; init; } = 1_800_000;

    /// <summary>
    /// <c>group.initial.rebalance.delay.ms</c>, default 3000: how long an empty group waits for more members before its
    /// first generation. 0 makes a group of many members rebalance once for nearly each of them.
    /// </summary>
    public int InitialRebalanceDelayMs { get; init; } = 3_000;

    /// <summary><c>group.max.size</c>, members, default unlimited. Above it GROUP_MAX_SIZE_REACHED.</summary>
    public int GroupMaxSize { get; init; } = int.MaxValue;

    /// <summary>
    /// <c>group.metadata.max.bytes</c>, default 64 MiB: memory that the members of one group may take with their ids
    /// and metadata; an id that was handed out counts too. Apache Kafka has no such limit. Above it
    /// GROUP_MAX_SIZE_REACHED, which clients take as final.
    /// </summary>
    public long GroupMetadataBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// <c>offset.metadata.max.bytes</c>, default 4096: the text a client may keep with an offset, in UTF-16 units as
    /// Apache Kafka counts it. Above it OFFSET_METADATA_TOO_LARGE for that partition.
    /// </summary>
    public int OffsetMetadataBytesMax { get; init; } = 4_096;

    /// <summary><c>offsets.retention.minutes</c>, default 7 days.</summary>
    public TimeSpan OffsetsRetention { get; init; } = TimeSpan.FromMinutes(10_080);

    /// <summary><c>offsets.retention.check.interval.ms</c>, default 10 minutes.</summary>
    public TimeSpan OffsetsRetentionCheckInterval { get; init; } = TimeSpan.FromMilliseconds(600_000);

    /// <summary>
    /// <c>offsets.commit.timeout.ms</c>, default 5000: how long a reply waits for its record to be replicated. After it
    /// COORDINATOR_NOT_AVAILABLE; the record may still be committed later.
    /// </summary>
    public TimeSpan OffsetsCommitTimeout { get; init; } = TimeSpan.FromMilliseconds(5_000);

    /// <summary>
    /// <c>offsets.load.buffer.size</c>, bytes, default 5 MiB: how much of a partition is read at once when it is
    /// loaded. A larger batch takes what it needs.
    /// </summary>
    public int OffsetsLoadBufferBytesMax { get; init; } = 5 * 1024 * 1024;

    /// <summary>Decompress what other brokers or an earlier <c>offsets.topic.compression.codec</c> wrote.</summary>
    public CompressionCodecs Codecs { get; init; } = new();
}
