namespace Barnabas.Client;

/// <summary>A partition as the last metadata shows it.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Leader">The leading broker's id, -1 if there is none at present.</param>
/// <param name="LeaderEpoch">The leadership it belongs to, -1 if the broker is too old to say.</param>
/// <param name="Replicas">Brokers that hold it, the preferred leader first.</param>
/// <param name="InSyncReplicas">Those that have all of it.</param>
/// <param name="OfflineReplicas">Those that are down.</param>
public sealed record PartitionInfo(
    int Index,
    int Leader,
    int LeaderEpoch,
    IReadOnlyList<int> Replicas,
    IReadOnlyList<int> InSyncReplicas,
    IReadOnlyList<int> OfflineReplicas);
