namespace Barnabas.Protocol;

/// <summary>What a Fetch response says about one partition, apart from its records.</summary>
public readonly record struct FetchPartitionResult(int Index, short ErrorCode, long HighWatermark)
{
    /// <summary>-1 when unknown.</summary>
    public long LastStableOffset { get; init; } = -1;

    /// <summary>-1 when unknown; from version 5 on.</summary>
    public long LogStartOffset { get; init; } = -1;

    /// <summary>Where the fetcher's log parts from the leader's (KIP-595): epoch, or -1; from version 12 on.</summary>
    public int DivergingEpoch { get; init; } = -1;

    public long DivergingEndOffset { get; init; } = -1;

    /// <summary>The leader to go to instead, or -1; from version 12 on.</summary>
    public int LeaderId { get; init; } = -1;

    public int LeaderEpoch { get; init; } = -1;

    /// <summary>The snapshot to fetch instead (KIP-630): end offset, or -1; from version 12 on.</summary>
    public long SnapshotEndOffset { get; init; } = -1;

    public int SnapshotEpoch { get; init; } = -1;

    /// <summary>
    /// Aborted transactions within the records; null when the reader does not ask for decided records only.
    /// </summary>
    public List<FetchResponse.AbortedTransaction>? AbortedTransactions { get; init; }

    /// <summary>The replica to read from instead (KIP-392), or -1; from version 11 on.</summary>
    public int PreferredReadReplica { get; init; } = -1;

    internal bool HasDivergingEpoch => DivergingEpoch != -1 || DivergingEndOffset != -1;

    internal bool HasLeader => LeaderId != -1 || LeaderEpoch != -1;

    internal bool HasSnapshot => SnapshotEndOffset != -1 || SnapshotEpoch != -1;
}
