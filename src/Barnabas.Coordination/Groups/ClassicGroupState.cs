namespace Barnabas.Coordination;

/// <summary>
/// The states of a group under the classic rebalance protocol. Their names on the wire are the names here.
/// </summary>
public enum ClassicGroupState
{
    /// <summary>No members; kept while it has committed offsets. Also every group that only stores offsets.</summary>
    Empty,

    /// <summary>Members are asked to join again; JoinGroup requests are parked until all have, or time is up.</summary>
    PreparingRebalance,

    /// <summary>
    /// A generation exists, its assignment not yet; SyncGroup requests are parked until the leader brings it.
    /// </summary>
    CompletingRebalance,

    /// <summary>Every member can fetch its assignment of this generation.</summary>
    Stable,

    /// <summary>Removed; only seen in answers about groups that do not exist.</summary>
    Dead,
}
