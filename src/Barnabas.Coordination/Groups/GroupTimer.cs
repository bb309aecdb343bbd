namespace Barnabas.Coordination;

/// <summary>
/// A timer of one group, or of one member of it. Fires into the group it was made for and no other of that id.
/// </summary>
internal sealed class GroupTimer(Rebalances rebalances, GroupTimerKind kind, ClassicGroup group, string memberId)
    : CoordinatorTimer
{
    public GroupTimerKind Kind { get; } = kind;

    public ClassicGroup Group { get; } = group;

    /// <summary>Empty unless it is a session.</summary>
    public string MemberId { get; } = memberId;

    /// <summary>The generation it was armed for.</summary>
    public int Generation { get; set; }

    /// <summary>For an initial delay: how much the delay was, and how much it may still be extended.</summary>
    public int DelayMs { get; set; }

    public int RemainingMs { get; set; }

    public override CoordinatorResult Expire(CoordinatorTime now) => rebalances.Expire(this, now);
}
