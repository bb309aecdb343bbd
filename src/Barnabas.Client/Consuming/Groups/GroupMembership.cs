using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// The life of one member of a classic group. A pure core: answers go in, the next thing to do comes out.
/// </summary>
/// <remarks>
/// <code>
/// Unjoined → Joining                 the driver sends JoinGroup
/// Joining  → Syncing | Unjoined      a generation, or an error
/// Syncing  → Stable  | Unjoined      an assignment, or an error
/// Stable   → Unjoined                a heartbeat or commit brings news of a rebalance, or the member leaves
/// any      → Failed                  a fatal error
/// </code>
/// </remarks>
internal sealed class GroupMembership
{
    public MemberState State { get; private set; } = MemberState.Unjoined;

    /// <summary>Empty until the coordinator gave one.</summary>
    public string MemberId { get; private set; } = "";

    /// <summary>-1 outside any generation. Commits carry it, so that those of an expelled member are refused.</summary>
    public int Generation { get; private set; } = -1;

    /// <summary>The assignor that the group agreed on.</summary>
    public string? Protocol { get; private set; }

    /// <summary>The group has expelled this member: its partitions may already belong to others.</summary>
    public bool LostMembership { get; private set; }

    public KafkaException? Failure { get; private set; }

    public void JoinSent()
    {
        Invariant.That(State == MemberState.Unjoined);
        State = MemberState.Joining;
        LostMembership = false;
    }

    public GroupReaction JoinAnswered(ErrorCode error, string memberId, int generation, string? protocol)
    {
        if (State != MemberState.Joining)
        {
            // The member left, or was expelled, while the answer was on its way.
            return GroupReaction.Rejoin;
        }

        if (error is ErrorCode.None or ErrorCode.MemberIdRequired)
        {
            MemberId = memberId;
        }

        if (error == ErrorCode.None)
        {
            Generation = generation;
            Protocol = protocol;
            State = MemberState.Syncing;
            return GroupReaction.Proceed;
        }

        return React(ApiKey.JoinGroup, error);
    }

    /// <summary>The join could not be asked, or its answer will not come.</summary>
    public GroupReaction JoinFailed(ErrorCode error)
    {
        if (State is MemberState.Joining or MemberState.Unjoined)
        {
            return React(ApiKey.JoinGroup, error);
        }

        return GroupReaction.Rejoin;
    }

    public GroupReaction SyncAnswered(ErrorCode error)
    {
        if (State != MemberState.Syncing)
        {
            return GroupReaction.Rejoin;
        }

        if (error == ErrorCode.None)
        {
            State = MemberState.Stable;
            return GroupReaction.Proceed;
        }

        return React(ApiKey.SyncGroup, error);
    }

    /// <param name="generation">The generation that the request carried: an answer to an older one says
    /// nothing.</param>
    public GroupReaction HeartbeatAnswered(ErrorCode error, int generation) =>
        generation != Generation || State != MemberState.Stable
            ? GroupReaction.Proceed
            : React(ApiKey.Heartbeat, error);

    /// <param name="generation">The generation that the request carried.</param>
    public GroupReaction CommitAnswered(ErrorCode error, int generation) =>
        generation != Generation ? GroupRules.On(ApiKey.OffsetCommit, error) : React(ApiKey.OffsetCommit, error);

    /// <summary>The subscription changed: the group must divide anew.</summary>
    public void RequestRejoin()
    {
        if (State != MemberState.Failed)
        {
            State = MemberState.Unjoined;
        }
    }

    /// <summary>
    /// The member has said goodbye, or could not be polled for too long and must give its partitions up.
    /// </summary>
    public void Left()
    {
        MemberId = "";
        Generation = -1;
        if (State != MemberState.Failed)
        {
            State = MemberState.Unjoined;
            LostMembership = true;
        }
    }

    private GroupReaction React(ApiKey request, ErrorCode error)
    {
        GroupReaction reaction = GroupRules.On(request, error);
        switch (reaction)
        {
            case GroupReaction.Rejoin:
                State = MemberState.Unjoined;
                break;
            case GroupReaction.RejoinAsNew:
                LostMembership = true;
                MemberId = "";
                Generation = -1;
                State = MemberState.Unjoined;
                break;
            case GroupReaction.Repeat
                or GroupReaction.FindCoordinator when State is MemberState.Joining or MemberState.Syncing:
                // A join or sync cannot be resumed; the next round starts with JoinGroup again.
                State = MemberState.Unjoined;
                break;
            case GroupReaction.Fail when request != ApiKey.OffsetCommit || error == ErrorCode.FencedInstanceId:
                State = MemberState.Failed;
                Failure = new KafkaException(error, $"the group refused {request}: {error}", isFatal: true);
                break;
            default:
                break;
        }

        return reaction;
    }
}
