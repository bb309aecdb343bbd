namespace Barnabas.Configuration;

/// <summary>Groups of the classic protocol and their offsets.</summary>
public sealed record GroupSettings
{
    public required TimeSpan SessionTimeoutMin { get; init; }

    public required TimeSpan SessionTimeoutMax { get; init; }

    public required TimeSpan InitialRebalanceDelay { get; init; }

    /// <summary>In members.</summary>
    public required int GroupSizeMax { get; init; }

    /// <summary>In bytes of the text beside a committed offset.</summary>
    public required int OffsetMetadataBytesMax { get; init; }

    /// <summary>How long a write of the coordinator may wait for its replicas.</summary>
    public required TimeSpan CommitTimeout { get; init; }

    /// <summary>In bytes per read while state is loaded.</summary>
    public required int LoadBufferBytes { get; init; }

    public required TimeSpan OffsetsRetention { get; init; }

    public required TimeSpan OffsetsRetentionCheckInterval { get; init; }

    public required int OffsetsTopicPartitionCount { get; init; }

    public required short OffsetsTopicReplicationFactor { get; init; }

    /// <summary>In bytes.</summary>
    public required int OffsetsTopicSegmentBytes { get; init; }

    public static GroupSettings From(ConfigValues values) => new()
    {
        SessionTimeoutMin = Durations.OfMilliseconds(GroupKeys.GroupMinSessionTimeoutMs.In(values)),
        SessionTimeoutMax = Durations.OfMilliseconds(GroupKeys.GroupMaxSessionTimeoutMs.In(values)),
        InitialRebalanceDelay = Durations.OfMilliseconds(GroupKeys.GroupInitialRebalanceDelayMs.In(values)),
        GroupSizeMax = GroupKeys.GroupMaxSize.In(values),
        OffsetMetadataBytesMax = GroupKeys.OffsetMetadataMaxBytes.In(values),
        CommitTimeout = Durations.OfMilliseconds(GroupKeys.OffsetsCommitTimeoutMs.In(values)),
        LoadBufferBytes = GroupKeys.OffsetsLoadBufferSize.In(values),
        OffsetsRetention = TimeSpan.FromMinutes(GroupKeys.OffsetsRetentionMinutes.In(values)),
        OffsetsRetentionCheckInterval =
            Durations.OfMilliseconds(GroupKeys.OffsetsRetentionCheckIntervalMs.In(values)),
        OffsetsTopicPartitionCount = GroupKeys.OffsetsTopicNumPartitions.In(values),
        OffsetsTopicReplicationFactor = GroupKeys.OffsetsTopicReplicationFactor.In(values),
        OffsetsTopicSegmentBytes = GroupKeys.OffsetsTopicSegmentBytes.In(values),
    };
}
