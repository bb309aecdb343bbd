namespace Barnabas.Client;

/// <summary>Where a member of a classic group stands.</summary>
internal enum MemberState
{
    /// <summary>Not in the group, or called to a new generation that it has not asked to join yet.</summary>
    Unjoined,

    /// <summary>JoinGroup is under way: the coordinator waits for the others.</summary>
    Joining,

    /// <summary>SyncGroup is under way: the leader's assignment is awaited.</summary>
    Syncing,

    /// <summary>Has an assignment; heartbeats keep it.</summary>
    Stable,

    /// <summary>A fatal answer came; only closing is left.</summary>
    Failed,
}
