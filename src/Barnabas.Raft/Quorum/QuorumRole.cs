namespace Barnabas.Raft;

/// <summary>What a replica is in its epoch. The transitions stand at <see cref="QuorumCore"/>.</summary>
public enum QuorumRole
{
    /// <summary>Knows an epoch, and may have voted in it, but follows nobody.</summary>
    Unattached,

    /// <summary>Asks whether it could win before it raises the epoch (KIP-996).</summary>
    Prospective,

    /// <summary>Has raised the epoch, voted for itself and asks for votes.</summary>
    Candidate,

    Leader,

    /// <summary>Fetches from the leader of the epoch.</summary>
    Follower,

    /// <summary>Led the epoch and does not any more; will neither vote nor lead in it again.</summary>
    Resigned,
}
