namespace Barnabas.Coordination;

/// <summary>What a group waits for.</summary>
internal enum GroupTimerKind
{
    /// <summary>A heartbeat of a member, or the first JoinGroup under an id that was handed out.</summary>
    Session,

    /// <summary>All members to join again.</summary>
    Join,

    /// <summary>More members of a group that was empty (<c>group.initial.rebalance.delay.ms</c>).</summary>
    InitialJoin,

    /// <summary>The SyncGroup of every member of a generation.</summary>
    Sync,
}
