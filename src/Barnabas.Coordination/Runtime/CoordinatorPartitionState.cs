namespace Barnabas.Coordination;

/// <summary>Where a partition of a coordinator's topic stands on this node.</summary>
public enum CoordinatorPartitionState
{
    /// <summary>Another node leads it. Requests: NOT_COORDINATOR.</summary>
    NotOwned,

    /// <summary>This node leads it and replays its log. Requests: COORDINATOR_LOAD_IN_PROGRESS.</summary>
    Loading,

    /// <summary>Requests are served.</summary>
    Active,

    /// <summary>
    /// The log could not be read, or an invariant of the shard broke. Requests: NOT_COORDINATOR, until the next
    /// leadership loads it anew.
    /// </summary>
    Failed,

    /// <summary>Leadership has ended and parked requests are being answered: NOT_COORDINATOR.</summary>
    Closing,
}
