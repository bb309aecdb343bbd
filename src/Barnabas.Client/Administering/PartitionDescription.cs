namespace Barnabas.Client;

/// <summary>A partition as the cluster describes it.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Leader">The leading broker, -1 if there is none.</param>
/// <param name="Replicas">The preferred leader first.</param>
/// <param name="InSyncReplicas">Those that have all of it.</param>
/// <param name="EligibleLeaders">KIP-966: may lead though not in sync; null if the cluster does not tell.</param>
/// <param name="LastKnownEligibleLeaders">KIP-966: the last of them; null if the cluster does not tell.</param>
public sealed record PartitionDescription(
    int Index,
    int Leader,
    IReadOnlyList<int> Replicas,
    IReadOnlyList<int> InSyncReplicas,
    IReadOnlyList<int>? EligibleLeaders,
    IReadOnlyList<int>? LastKnownEligibleLeaders);
