using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// SyncGroup, versions 0 to 5: members fetch their assignment, the leader brings it. From version 5 a client says which
/// protocol it assigned with, and a mismatch is an error (KIP-559).
/// </summary>
internal sealed class GroupSyncs(GroupDirectory groups, Rebalances rebalances)
{
    public CoordinatorResult Sync(SyncGroupRequest request, ReplyOnce<SyncGroupResponse> reply, CoordinatorTime now)
    {
        if (!groups.TryFind(request.GroupId, out ClassicGroup? group) || group.Is(ClassicGroupState.Empty))
        {
            return Refuse(reply, ErrorCode.UnknownMemberId);
        }

        ErrorCode error = Validate(group, request);
        if (error != ErrorCode.None || !group.TryGetMember(request.MemberId, out ClassicMember? member))
        {
            return Refuse(reply, error);
        }

        switch (group.State)
        {
            case ClassicGroupState.PreparingRebalance:
                return Refuse(reply, ErrorCode.RebalanceInProgress);
            case ClassicGroupState.Stable:
                group.MarkSynced(member.Id);
                reply.Answer(GroupReplies.Synced(group, member));
                return CoordinatorResult.Nothing;
            default:
                // One that is sent again over a new connection replaces the parked one, and both are answered.
                ClassicGroup.AnswerSync(member, GroupReplies.SyncError(ErrorCode.RebalanceInProgress));
                member.AwaitingSync = reply;
                group.MarkSynced(member.Id);
                return group.IsLeader(member.Id) && !group.IsAssignmentDecided
                    ? Decide(group, request)
                    : CoordinatorResult.Nothing;
        }
    }

    private CoordinatorResult Decide(ClassicGroup group, SyncGroupRequest request)
    {
        // Members the leader left out get an empty assignment; ids it made up are ignored.
        var assignment = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (ClassicMember member in group.Members)
        {
            assignment[member.Id] = [];
        }

        foreach (SyncGroupRequest.SyncGroupRequestAssignment given in request.Assignments)
        {
            if (assignment.ContainsKey(given.MemberId))
            {
                assignment[given.MemberId] = given.Assignment;
            }
        }

        group.DecideAssignment();
        return CoordinatorResult.Persist(
            GroupRecords.Metadata(group, assignment),
            new AssignmentWritten(this, group, group.Generation, assignment));
    }

    private void EndDecision(
        ClassicGroup group,
        int generation,
        Dictionary<string, byte[]> assignment,
        ErrorCode error,
        CoordinatorTime now)
    {
        // The group may have moved on while the record was written; that generation then has no members to tell.
        if (!groups.Holds(group)
            || !group.Is(ClassicGroupState.CompletingRebalance)
            || group.Generation != generation)
        {
            return;
        }

        if (error == ErrorCode.None)
        {
            rebalances.Assign(group, assignment, now);
            return;
        }

        rebalances.ResetAssignments(group, error, now);
        CoordinatorResult nothing = rebalances.Prepare(group, $"the assignment could not be written: {error}", now);
        Invariant.That(nothing.Records.Count == 0);
    }

    private static ErrorCode Validate(ClassicGroup group, SyncGroupRequest request)
    {
        ErrorCode error = group.Validate(request.MemberId, request.GroupInstanceId);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (request.GenerationId != group.Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        return Differs(request.ProtocolType, group.ProtocolType) || Differs(request.ProtocolName, group.ProtocolName)
            ? ErrorCode.InconsistentGroupProtocol
            : ErrorCode.None;
    }

    private static bool Differs(string? claimed, string? actual) =>
        claimed is not null && actual is not null && claimed != actual;

    private static CoordinatorResult Refuse(ReplyOnce<SyncGroupResponse> reply, ErrorCode error)
    {
        reply.Answer(GroupReplies.SyncError(error));
        return CoordinatorResult.Nothing;
    }

    private sealed class AssignmentWritten(
        GroupSyncs syncs, ClassicGroup group, int generation, Dictionary<string, byte[]> assignment)
        : ICoordinatorCompletion
    {
        public void Complete(ErrorCode error, CoordinatorTime now) =>
            syncs.EndDecision(group, generation, assignment, error, now);
    }
}
