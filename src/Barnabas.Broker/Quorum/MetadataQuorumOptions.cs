using Barnabas.Metadata;
using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>Settings of this node's part in the metadata quorum; defaults are Kafka's.</summary>
internal sealed record MetadataQuorumOptions
{
    public required ControllerOptions Controller { get; init; }

    /// <summary><c>controller.quorum.voters</c>; null in a quorum whose voters stand in the log (KIP-853).</summary>
    public VoterSet? StaticVoters { get; init; }

    /// <summary>Where other voters reach this one; written into the log when it changed (KIP-853).</summary>
    public VoterEndpoint? OwnEndpoint { get; init; }

    public TimeSpan ElectionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary><c>metadata.log.segment.bytes</c>.</summary>
    public int SegmentBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary><c>metadata.log.segment.ms</c>.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary><c>metadata.log.max.record.bytes.between.snapshots</c>.</summary>
    public long SnapshotAfterBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary><c>metadata.log.max.snapshot.interval.ms</c>; null if only the bytes count.</summary>
    public TimeSpan? SnapshotAfter { get; init; } = TimeSpan.FromHours(1);

    public MetadataRetention Retention { get; init; } = new(100 * 1024 * 1024, TimeSpan.FromDays(7));

    /// <summary>Commands that may wait for the controller; more are answered at once with a retriable error.</summary>
    public int CommandsMax { get; init; } = 10_000;
}
