using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// Heartbeat (versions 0 to 4) and LeaveGroup (0 to 5). From version 3 a LeaveGroup names several members, also by the
/// instance id of a static one (KIP-345).
/// </summary>
internal sealed class GroupMemberships(GroupDirectory groups, Rebalances rebalances)
{
    public ErrorCode Heartbeat(MemberClaim claim, CoordinatorTime now)
    {
        if (!groups.TryFind(claim.GroupId, out ClassicGroup? group))
        {
            return ErrorCode.UnknownMemberId;
        }

        ErrorCode error = group.Validate(claim.MemberId, claim.IsStatic, claim.InstanceId);
        if (error != ErrorCode.None || !group.TryGetMember(claim.MemberId, out ClassicMember? member))
        {
            return error;
        }

        if (claim.Generation != group.Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        rebalances.ArmSession(group, member, now);
        return group.Is(ClassicGroupState.PreparingRebalance) ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    /// <summary>Leaves the group; what remains of it is rebalanced once, however many leave.</summary>
    public CoordinatorResult Leave(
        LeaveGroupRequest request, LeaveGroupResponse response, ICoordinatorCompletion answered, CoordinatorTime now)
    {
        groups.TryFind(request.GroupId, out ClassicGroup? group);
        var left = new List<string>();
        foreach (LeaveGroupRequest.MemberIdentity leaving in request.Members)
        {
            ErrorCode error = group is null ? ErrorCode.UnknownMemberId : LeaveOne(group, leaving);
            if (error == ErrorCode.None)
            {
                left.Add(leaving.MemberId.Length > 0 ? leaving.MemberId : leaving.GroupInstanceId ?? "");
            }

            response.Members.Add(new LeaveGroupResponse.MemberResponse
            {
                MemberId = leaving.MemberId,
                GroupInstanceId = leaving.GroupInstanceId,
                ErrorCode = (short)error,
            });
        }

        CoordinatorResult rebalance = CoordinatorResult.Nothing;
        if (group is not null && left.Count > 0)
        {
            string why = $"{string.Join(", ", left)} left";
            rebalance = group.State is ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance
                ? rebalances.Prepare(group, why, now)
                : rebalances.CompleteJoinIfAllJoined(group, why, now);
        }

        return rebalance.Records.Count == 0
            ? CoordinatorResult.After(answered)
            : CoordinatorResult.Persist(rebalance.Records[0], answered);
    }

    private ErrorCode LeaveOne(ClassicGroup group, LeaveGroupRequest.MemberIdentity leaving)
    {
        string memberId = leaving.MemberId;
        if (memberId.Length == 0)
        {
            // An administrator removes a static member by its instance id and need not know its member id.
            string? current = leaving.GroupInstanceId is null ? null : group.StaticMemberId(leaving.GroupInstanceId);
            if (current is null)
            {
                return ErrorCode.UnknownMemberId;
            }

            memberId = current;
        }
        else if (group.IsPending(memberId))
        {
            rebalances.RemovePending(group, memberId);
            return ErrorCode.None;
        }
        else
        {
            ErrorCode error = group.Validate(memberId, leaving.GroupInstanceId);
            if (error != ErrorCode.None)
            {
                return error;
            }
        }

        if (group.TryGetMember(memberId, out ClassicMember? member))
        {
            rebalances.Remove(group, member);
        }

        return ErrorCode.None;
    }
}
