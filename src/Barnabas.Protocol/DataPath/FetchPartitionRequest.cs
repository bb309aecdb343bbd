using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>What a Fetch request asks of one partition.</summary>
/// <param name="CurrentLeaderEpoch">The epoch the fetcher believes in, or -1.</param>
/// <param name="LastFetchedEpoch">The epoch of the last record the fetcher has, or -1.</param>
/// <param name="LogStartOffset">Where the follower's log begins, or -1 from a client.</param>
/// <param name="ReplicaDirectoryId">The follower's log directory (KIP-853), or zero.</param>
/// <param name="HighWatermark">
/// What the follower knows: -1 when unknown, the largest int64 when it does not say.
/// </param>
public readonly record struct FetchPartitionRequest(
    int Index,
    int CurrentLeaderEpoch,
    long FetchOffset,
    int LastFetchedEpoch,
    long LogStartOffset,
    int MaxBytes,
    Uuid ReplicaDirectoryId,
    long HighWatermark);
