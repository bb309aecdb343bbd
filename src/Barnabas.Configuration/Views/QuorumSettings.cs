namespace Barnabas.Configuration;

/// <summary>The metadata quorum, its log, and the leases of brokers.</summary>
public sealed record QuorumSettings
{
    public required TimeSpan ElectionTimeout { get; init; }

    public required TimeSpan FetchTimeout { get; init; }

    /// <summary>In bytes.</summary>
    public required int SegmentBytesMax { get; init; }

    /// <summary>In bytes of records since the last snapshot.</summary>
    public required long SnapshotAfterBytes { get; init; }

    /// <summary>Null: only the bytes count.</summary>
    public required TimeSpan? SnapshotAfter { get; init; }

    /// <summary>Null: no empty records are appended.</summary>
    public required TimeSpan? IdleRecordInterval { get; init; }

    public required TimeSpan BrokerHeartbeatInterval { get; init; }

    public required TimeSpan BrokerSessionTimeout { get; init; }

    public static QuorumSettings From(ConfigValues values) => new()
    {
        ElectionTimeout = Durations.OfMilliseconds(QuorumKeys.ControllerQuorumElectionTimeoutMs.In(values)),
        FetchTimeout = Durations.OfMilliseconds(QuorumKeys.ControllerQuorumFetchTimeoutMs.In(values)),
        SegmentBytesMax = QuorumKeys.MetadataLogSegmentBytes.In(values),
        SnapshotAfterBytes = QuorumKeys.MetadataLogMaxRecordBytesBetweenSnapshots.In(values),
        SnapshotAfter = UnlessZero(QuorumKeys.MetadataLogMaxSnapshotIntervalMs.In(values)),
        IdleRecordInterval = UnlessZero(QuorumKeys.MetadataMaxIdleIntervalMs.In(values)),
        BrokerHeartbeatInterval = Durations.OfMilliseconds(QuorumKeys.BrokerHeartbeatIntervalMs.In(values)),
        BrokerSessionTimeout = Durations.OfMilliseconds(QuorumKeys.BrokerSessionTimeoutMs.In(values)),
    };

    private static TimeSpan? UnlessZero(long milliseconds) =>
        milliseconds == 0 ? null : Durations.OfMilliseconds(milliseconds);
}
