using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// JoinGroup, versions 0 to 9. From version 4 a new dynamic member is first given its id and asked to join with it
/// (KIP-394), from version 5 a member may be static (KIP-345), in version 8 it tells its reason (KIP-800), from
/// version 9 a leader that comes back statically is told who the members are and to keep the assignment (KIP-814).
/// </summary>
internal sealed class GroupJoins(
    GroupDirectory groups, GroupCoordinatorOptions options, Rebalances rebalances, IEntropy entropy)
{
    private const short FirstVersionWithMemberIdRequired = 4;
    private const short FirstVersionWithSkipAssignment = 9;

    public CoordinatorResult Join(
        JoinGroupRequest request,
        in RequestContext context,
        ReplyOnce<JoinGroupResponse> reply,
        CoordinatorTime now)
    {
        var join = new Joining(request, context, Distinct(request.Protocols), reply, now);
        bool isNewMember = request.MemberId.Length == 0;
        if (!groups.TryFind(request.GroupId, out ClassicGroup? group))
        {
            if (!isNewMember)
            {
                return join.Refuse(request.MemberId, ErrorCode.UnknownMemberId);
            }

            group = new ClassicGroup(request.GroupId, now.UnixMilliseconds);
            ErrorCode error = CheckFit(group, join);
            if (error != ErrorCode.None)
            {
                return join.Refuse("", error);
            }

            groups.Put(group);
            JoinNewMember(group, join);
            // The id is now taken, also for a coordinator that takes over: the group is persisted before its first
            // generation. Without a generation there is nothing but the id to say.
            return CoordinatorResult.Persist(GroupRecords.NewGroup(group), new NewGroupWritten(this, group, reply));
        }

        if (!HasRoom(group, request.MemberId))
        {
            RemoveRejected(group, request.MemberId);
            return join.Refuse("", ErrorCode.GroupMaxSizeReached);
        }

        ErrorCode misfit = CheckFit(group, join);
        if (misfit != ErrorCode.None)
        {
            return join.Refuse(request.MemberId, misfit);
        }

        return isNewMember ? JoinNewMember(group, join) : JoinKnownMember(group, join);
    }

    private CoordinatorResult JoinNewMember(ClassicGroup group, Joining join)
    {
        JoinGroupRequest request = join.Request;
        string memberId = NewMemberId(request.GroupInstanceId ?? join.Context.ClientId);
        if (request.GroupInstanceId is { } instanceId)
        {
            string? current = group.StaticMemberId(instanceId);
            return current is not null && group.TryGetMember(current, out ClassicMember? old)
                ? ReplaceStaticMember(group, old, memberId, join)
                : Add(group, memberId, join);
        }

        if (join.Context.ApiVersion < FirstVersionWithMemberIdRequired)
        {
            return Add(group, memberId, join);
        }

        // KIP-394: a client that retries after a lost reply must not leave a member behind with each attempt.
        group.AddPending(
            memberId, rebalances.NewPendingSession(group, memberId, request.SessionTimeoutMs, join.Now));
        return join.Refuse(memberId, ErrorCode.MemberIdRequired);
    }

    private CoordinatorResult JoinKnownMember(ClassicGroup group, Joining join)
    {
        JoinGroupRequest request = join.Request;
        string memberId = request.MemberId;
        if (group.IsPending(memberId))
        {
            // Ids are handed out to dynamic members only.
            return request.GroupInstanceId is null
                ? Add(group, memberId, join)
                : join.Refuse(memberId, ErrorCode.UnknownServerError);
        }

        ErrorCode error = group.Validate(memberId, request.GroupInstanceId);
        if (error != ErrorCode.None || !group.TryGetMember(memberId, out ClassicMember? member))
        {
            return join.Refuse(memberId, error);
        }

        bool isChanged = !MemberProtocol.Same(member.Protocols, join.Protocols);
        switch (group.State)
        {
            case ClassicGroupState.PreparingRebalance:
                return Update(group, member, join, $"member {memberId} joins again");
            case ClassicGroupState.CompletingRebalance when !isChanged:
                // The reply to its JoinGroup was lost: it is part of this generation.
                join.Reply.Answer(GroupReplies.Joined(group, member));
                return CoordinatorResult.Nothing;
            case ClassicGroupState.Stable when !isChanged && !group.IsLeader(memberId):
                // A follower with nothing new does not disturb the others.
                join.Reply.Answer(GroupReplies.Joined(group, member));
                return CoordinatorResult.Nothing;
            case ClassicGroupState.CompletingRebalance:
            case ClassicGroupState.Stable when isChanged:
                return Update(group, member, join, $"metadata of member {memberId} changed");
            case ClassicGroupState.Stable:
                return Update(group, member, join, $"leader {memberId} joins again");
            default:
                return join.Refuse(memberId, ErrorCode.UnknownMemberId);
        }
    }

    private CoordinatorResult Add(ClassicGroup group, string memberId, Joining join)
    {
        JoinGroupRequest request = join.Request;
        rebalances.RemovePending(group, memberId);
        var member = new ClassicMember(
            memberId,
            request.GroupInstanceId,
            join.Context.ClientId,
            join.Context.ClientHost,
            request.RebalanceTimeoutMs,
            request.SessionTimeoutMs,
            join.Protocols,
            []);
        return rebalances.AddMember(
            group, member, request.ProtocolType, join.Reply, join.Why($"member {memberId} joins"), join.Now);
    }

    private CoordinatorResult Update(ClassicGroup group, ClassicMember member, Joining join, string why)
    {
        AnswerEarlierJoin(group, member);
        group.Update(
            member, join.Protocols, join.Request.RebalanceTimeoutMs, join.Request.SessionTimeoutMs, join.Reply);
        return rebalances.RebalanceOrCompleteJoin(group, join.Why(why), join.Now);
    }

    private CoordinatorResult ReplaceStaticMember(
        ClassicGroup group, ClassicMember old, string memberId, Joining join)
    {
        string? leaderBefore = group.LeaderId;
        group.AnswerJoin(old, GroupReplies.JoinError(old.Id, ErrorCode.FencedInstanceId));
        ClassicGroup.AnswerSync(old, GroupReplies.SyncError(ErrorCode.FencedInstanceId));
        rebalances.Disarm(old.Session);
        ClassicMember member = group.ReplaceStatic(old, memberId);
        rebalances.ArmSession(group, member, join.Now);
        group.Update(
            member, join.Protocols, join.Request.RebalanceTimeoutMs, join.Request.SessionTimeoutMs, join.Reply);

        string why = join.Why($"static member {member.InstanceId} came back as {memberId}");
        switch (group.State)
        {
            case ClassicGroupState.Stable when group.SelectProtocol() == group.ProtocolName:
                // Nothing changes for the others; only the new id has to survive.
                return CoordinatorResult.Persist(
                    GroupRecords.Metadata(group, GroupRecords.CurrentAssignment(group)),
                    new StaticMemberWritten(this, group, member, old, leaderBefore, join.Reply));
            case ClassicGroupState.Stable:
                return rebalances.RebalanceOrCompleteJoin(group, why, join.Now);
            case ClassicGroupState.CompletingRebalance:
                // The leader may be assigning to the old id: that assignment would reach nobody.
                return rebalances.Prepare(group, why, join.Now);
            default:
                return rebalances.CompleteJoinIfAllJoined(group, why, join.Now);
        }
    }

    private void EndStaticReplacement(StaticMemberWritten written, ErrorCode error, CoordinatorTime now)
    {
        (ClassicGroup group, ClassicMember member) = (written.Group, written.Member);
        if (written.Reply.IsAnswered)
        {
            // Answered by a rebalance or a removal that came in between.
            return;
        }

        if (error != ErrorCode.None)
        {
            // The next coordinator would know the old id only, so it stays the valid one.
            group.AnswerJoin(member, GroupReplies.JoinError("", error));
            if (groups.Holds(group) && group.HasMember(member.Id))
            {
                rebalances.Disarm(member.Session);
                ClassicMember restored = group.ReplaceStatic(member, written.Old.Id);
                ClassicMember old = written.Old;
                group.Update(restored, old.Protocols, old.RebalanceTimeoutMs, old.SessionTimeoutMs, null);
                rebalances.ArmSession(group, restored, now);
            }

            return;
        }

        if (!group.Is(ClassicGroupState.Stable))
        {
            // A rebalance began while the record was written; the parked JoinGroup is part of it.
            return;
        }

        JoinGroupResponse response = GroupReplies.Joined(group, member);
        if (written.Reply.ApiVersion >= FirstVersionWithSkipAssignment)
        {
            response.SkipAssignment = group.IsLeader(member.Id);
        }
        else
        {
            // An old client that were told it leads would assign anew, and nobody would listen (KAFKA-13435). It is
            // told the id it had before, and so takes itself for a follower.
            response.Members.Clear();
            response.Leader = written.LeaderBefore ?? "";
        }

        group.AnswerJoin(member, response);
    }

    private void EndNewGroup(ClassicGroup group, ReplyOnce<JoinGroupResponse> reply, ErrorCode error)
    {
        if (error == ErrorCode.None)
        {
            return;
        }

        if (!groups.Holds(group))
        {
            rebalances.Abandon(group, error);
            groups.Forget(group);
        }
        else if (!reply.IsAnswered)
        {
            foreach (ClassicMember member in group.Members)
            {
                if (ReferenceEquals(member.AwaitingJoin, reply))
                {
                    group.AnswerJoin(member, GroupReplies.JoinError("", error));
                    return;
                }
            }
        }
    }

    // A request that is sent again over a new connection replaces the one that is parked; the old one is answered too.
    private static void AnswerEarlierJoin(ClassicGroup group, ClassicMember member) =>
        group.AnswerJoin(member, GroupReplies.JoinError(member.Id, ErrorCode.RebalanceInProgress));

    private bool HasRoom(ClassicGroup group, string memberId) => group.State switch
    {
        ClassicGroupState.Empty or ClassicGroupState.Dead => true,
        // Members that have joined again count, so that after the limit was lowered the last to come are sent away.
        ClassicGroupState.PreparingRebalance =>
            (group.TryGetMember(memberId, out ClassicMember? member) && member.AwaitingJoin is not null)
            || group.AwaitingJoinCount < options.GroupMaxSize,
        _ => group.HasMember(memberId) || group.Members.Count < options.GroupMaxSize,
    };

    private ErrorCode CheckFit(ClassicGroup group, Joining join)
    {
        if (!group.Supports(join.Request.ProtocolType, join.Protocols))
        {
            return ErrorCode.InconsistentGroupProtocol;
        }

        long bytes = ClassicMember.MeasureBytes(
            join.Request.MemberId,
            join.Request.GroupInstanceId,
            join.Context.ClientId,
            join.Context.ClientHost,
            join.Protocols);
        long freed = group.TryGetMember(join.Request.MemberId, out ClassicMember? member)
            ? member.Bytes - member.Assignment.Length
            : 0;
        return bytes <= freed || group.Bytes - freed + bytes <= options.GroupMetadataBytesMax
            ? ErrorCode.None
            : ErrorCode.GroupMaxSizeReached;
    }

    private void RemoveRejected(ClassicGroup group, string memberId)
    {
        rebalances.RemovePending(group, memberId);
        if (group.TryGetMember(memberId, out ClassicMember? member))
        {
            rebalances.Remove(group, member);
        }
    }

    private string NewMemberId(string prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        entropy.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return $"{prefix}-{new Guid(bytes, bigEndian: true):D}";
    }

    private static MemberProtocol[] Distinct(List<JoinGroupRequest.JoinGroupRequestProtocol> protocols)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var distinct = new List<MemberProtocol>(protocols.Count);
        foreach (JoinGroupRequest.JoinGroupRequestProtocol protocol in protocols)
        {
            if (seen.Add(protocol.Name))
            {
                distinct.Add(new MemberProtocol(protocol.Name, protocol.Metadata));
            }
        }

        return [.. distinct];
    }

    /// <summary>One JoinGroup under way.</summary>
    private readonly record struct Joining(
        JoinGroupRequest Request,
        RequestContext Context,
        MemberProtocol[] Protocols,
        ReplyOnce<JoinGroupResponse> Reply,
        CoordinatorTime Now)
    {
        public CoordinatorResult Refuse(string memberId, ErrorCode error)
        {
            Reply.Answer(GroupReplies.JoinError(memberId, error));
            return CoordinatorResult.Nothing;
        }

        public string Why(string what) =>
            string.IsNullOrEmpty(Request.Reason) ? what : $"{what}; client reason: {Request.Reason}";
    }

    private sealed class NewGroupWritten(GroupJoins joins, ClassicGroup group, ReplyOnce<JoinGroupResponse> reply)
        : ICoordinatorCompletion
    {
        public void Complete(ErrorCode error, CoordinatorTime now) => joins.EndNewGroup(group, reply, error);
    }

    private sealed class StaticMemberWritten(
        GroupJoins joins,
        ClassicGroup group,
        ClassicMember member,
        ClassicMember old,
        string? leaderBefore,
        ReplyOnce<JoinGroupResponse> reply) : ICoordinatorCompletion
    {
        public ClassicGroup Group => group;

        public ClassicMember Member => member;

        public ClassicMember Old => old;

        public string? LeaderBefore => leaderBefore;

        public ReplyOnce<JoinGroupResponse> Reply => reply;

        public void Complete(ErrorCode error, CoordinatorTime now) => joins.EndStaticReplacement(this, error, now);
    }
}
