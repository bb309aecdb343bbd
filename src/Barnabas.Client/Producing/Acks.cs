namespace Barnabas.Client;

/// <summary>Whose copy a record must have reached before it counts as delivered.</summary>
public enum Acks : short
{
    /// <summary>Every in-sync replica. The only value with which idempotence works.</summary>
    All = -1,

    /// <summary>
    /// Nobody's: a record counts as delivered once it is written to the socket, and its offset is unknown.
    /// </summary>
    None = 0,

    /// <summary>The leader's. Lost if the leader fails before a follower has copied it.</summary>
    Leader = 1,
}
