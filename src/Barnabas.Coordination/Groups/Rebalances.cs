using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// Drives groups from one generation to the next: asks members to join again, waits for them, begins the generation,
/// waits for its assignment, and lets go of members that stay silent. What a client asks for comes from
/// <see cref="GroupJoins"/>, <see cref="GroupSyncs"/> and <see cref="GroupMemberships"/>; what time asks for begins
/// here.
/// </summary>
internal sealed class Rebalances(
    GroupDirectory groups,
    GroupCoordinatorOptions options,
    CoordinatorTimers timers,
    GroupCounters counters,
    ICoordinatorEvents events)
{
    /// <summary>
    /// How long a JoinGroup of a new member is parked, ms. It knows no id and sends no heartbeats, so a client that is
    /// gone could not be told from one that waits; a client that is still there asks again.
    /// </summary>
    private const int NewMemberJoinTimeoutMs = 5 * 60 * 1000;

    public CoordinatorResult Expire(GroupTimer timer, CoordinatorTime now)
    {
        ClassicGroup group = timer.Group;
        if (!groups.Holds(group))
        {
            return CoordinatorResult.Nothing;
        }

        return timer.Kind switch
        {
            GroupTimerKind.Session => ExpireSession(group, timer.MemberId, now),
            GroupTimerKind.Join => CompleteJoin(group, "rebalance timeout", now),
            GroupTimerKind.InitialJoin => EndInitialDelay(group, timer, now),
            _ => ExpireSync(group, timer, now),
        };
    }

    /// <summary>Adds a member and asks for a rebalance, or counts it into the one under way.</summary>
    public CoordinatorResult AddMember(
        ClassicGroup group,
        ClassicMember member,
        string protocolType,
        ReplyOnce<JoinGroupResponse> reply,
        string why,
        CoordinatorTime now)
    {
        member.IsNew = true;
        if (group.Is(ClassicGroupState.PreparingRebalance) && group.PreviousState == ClassicGroupState.Empty)
        {
            group.NewMemberAdded = true;
        }

        group.Add(member, reply, protocolType);
        ArmSession(group, member, NewMemberJoinTimeoutMs, now);
        return RebalanceOrCompleteJoin(group, why, now);
    }

    public CoordinatorResult RebalanceOrCompleteJoin(ClassicGroup group, string why, CoordinatorTime now) =>
        group.CanRebalance ? Prepare(group, why, now) : CompleteJoinIfAllJoined(group, why, now);

    /// <summary>Ends the generation: members are told to join again with their next request.</summary>
    public CoordinatorResult Prepare(ClassicGroup group, string why, CoordinatorTime now)
    {
        if (group.Is(ClassicGroupState.CompletingRebalance))
        {
            ResetAssignments(group, ErrorCode.RebalanceInProgress, now);
        }

        group.ForgetPendingSync();
        Disarm(group.SyncTimer);
        bool isInitial = group.Is(ClassicGroupState.Empty);
        Move(group, ClassicGroupState.PreparingRebalance, why, now);
        if (isInitial)
        {
            ArmInitialDelay(
                group,
                options.InitialRebalanceDelayMs,
                Math.Max(group.RebalanceTimeoutMs() - options.InitialRebalanceDelayMs, 0),
                now);
            return CoordinatorResult.Nothing;
        }

        if (group.HasAllJoined)
        {
            return CompleteJoin(group, why, now);
        }

        ArmJoin(group, now);
        return CoordinatorResult.Nothing;
    }

    /// <summary>Begins the generation if nobody is waited for. An initial rebalance ends by its delay alone.</summary>
    public CoordinatorResult CompleteJoinIfAllJoined(ClassicGroup group, string why, CoordinatorTime now) =>
        group.Is(ClassicGroupState.PreparingRebalance)
            && group.PreviousState != ClassicGroupState.Empty
            && group.HasAllJoined
            ? CompleteJoin(group, why, now)
            : CoordinatorResult.Nothing;

    /// <summary>Takes a member out, answering what it parked, and rebalances the rest.</summary>
    public CoordinatorResult RemoveFailed(ClassicGroup group, ClassicMember member, string why, CoordinatorTime now)
    {
        Remove(group, member);
        return group.State switch
        {
            ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance => Prepare(group, why, now),
            ClassicGroupState.PreparingRebalance when group.HasAllJoined => CompleteJoin(group, why, now),
            _ => CoordinatorResult.Nothing,
        };
    }

    /// <summary>Takes a member out and answers what it parked; the caller sees to the rest of the group.</summary>
    public void Remove(ClassicGroup group, ClassicMember member)
    {
        // UNKNOWN_MEMBER_ID makes a client that is alive after all join anew.
        group.AnswerJoin(member, GroupReplies.JoinError("", ErrorCode.UnknownMemberId));
        ClassicGroup.AnswerSync(member, GroupReplies.SyncError(ErrorCode.UnknownMemberId));
        Disarm(member.Session);
        group.Remove(member);
    }

    public void RemovePending(ClassicGroup group, string memberId) => Disarm(group.RemovePending(memberId));

    /// <summary>
    /// The group is gone from this node: removed, never written, or led elsewhere now. Everybody who waits is told.
    /// </summary>
    public void Abandon(ClassicGroup group, ErrorCode error)
    {
        Disarm(group.JoinTimer);
        Disarm(group.SyncTimer);
        foreach ((_, GroupTimer pending) in group.PendingMembers)
        {
            Disarm(pending);
        }

        foreach (ClassicMember member in group.Members)
        {
            Disarm(member.Session);
            group.AnswerJoin(member, GroupReplies.JoinError(member.Id, error));
            ClassicGroup.AnswerSync(member, GroupReplies.SyncError(error));
        }

        counters.CountGroup(group.State, -1);
        group.MoveTo(ClassicGroupState.Dead, group.StateSinceMs ?? 0);
        counters.CountGroup(group.State, 1);
    }

    public void Resume(ClassicGroup group, CoordinatorTime now)
    {
        foreach (ClassicMember member in group.Members)
        {
            ArmSession(group, member, member.SessionTimeoutMs, now);
        }

        if (group.Members.Count > options.GroupMaxSize)
        {
            // The limit was lowered: the members that join again first stay.
            Prepare(group, $"{group.Members.Count} members are above group.max.size {options.GroupMaxSize}", now);
        }
    }

    public void ArmSession(ClassicGroup group, ClassicMember member, CoordinatorTime now) =>
        ArmSession(group, member, member.SessionTimeoutMs, now);

    public GroupTimer NewPendingSession(ClassicGroup group, string memberId, int timeoutMs, CoordinatorTime now)
    {
        var session = new GroupTimer(this, GroupTimerKind.Session, group, memberId);
        timers.Arm(session, now, timeoutMs);
        return session;
    }

    /// <summary>The assignment is committed: members get it, and the group is Stable.</summary>
    public void Assign(ClassicGroup group, IReadOnlyDictionary<string, byte[]> assignment, CoordinatorTime now)
    {
        Invariant.That(group.Is(ClassicGroupState.CompletingRebalance));
        foreach (ClassicMember member in group.Members)
        {
            group.SetAssignment(member, assignment.GetValueOrDefault(member.Id) ?? []);
        }

        AnswerSyncs(group, ErrorCode.None, now);
        Move(group, ClassicGroupState.Stable, "the leader's assignment is committed", now);
        counters.CountCompletedRebalance();
    }

    /// <summary>Ends the wait for an assignment with an error: nobody has one.</summary>
    public void ResetAssignments(ClassicGroup group, ErrorCode error, CoordinatorTime now)
    {
        Invariant.That(group.Is(ClassicGroupState.CompletingRebalance));
        foreach (ClassicMember member in group.Members)
        {
            group.SetAssignment(member, []);
        }

        AnswerSyncs(group, error, now);
    }

    public void Disarm(GroupTimer? timer)
    {
        if (timer is not null)
        {
            timers.Disarm(timer);
        }
    }

    public void Move(ClassicGroup group, ClassicGroupState state, string why, CoordinatorTime now)
    {
        ClassicGroupState from = group.State;
        group.MoveTo(state, now.UnixMilliseconds);
        Tell(group, from, why);
    }

    private CoordinatorResult CompleteJoin(ClassicGroup group, string why, CoordinatorTime now)
    {
        Disarm(group.JoinTimer);
        LetGoOfAbsent(group);
        if (!group.ElectJoinedLeader() && group.Members.Count > 0)
        {
            // Only static members are left, and none came back yet. They keep their places until their sessions end.
            ArmJoin(group, now);
            return CoordinatorResult.Nothing;
        }

        ClassicGroupState from = group.State;
        group.BeginGeneration(now.UnixMilliseconds);
        Tell(group, from, why);
        if (group.Is(ClassicGroupState.Empty))
        {
            // If this is lost the generation before comes back with the log, and its members time out: no harm is done.
            return CoordinatorResult.Persist(GroupRecords.Metadata(group, GroupRecords.NoAssignment), null);
        }

        foreach (ClassicMember member in group.Members)
        {
            group.AnswerJoin(member, GroupReplies.Joined(group, member));
            ArmSession(group, member, now);
            member.IsNew = false;
            group.AwaitSync(member);
        }

        group.SyncTimer ??= new GroupTimer(this, GroupTimerKind.Sync, group, "");
        group.SyncTimer.Generation = group.Generation;
        timers.Arm(group.SyncTimer, now, group.RebalanceTimeoutMs());
        return CoordinatorResult.Nothing;
    }

    private void Tell(ClassicGroup group, ClassicGroupState from, string why)
    {
        counters.CountGroup(from, -1);
        counters.CountGroup(group.State, 1);
        events.GroupMoved(group.Id, group.Generation, from, group.State, why);
    }

    private void LetGoOfAbsent(ClassicGroup group)
    {
        // Static members that have not come back keep their places until their sessions end (KIP-345).
        for (int i = group.Members.Count - 1; i >= 0; i--)
        {
            ClassicMember member = group.Members[i];
            if (member.AwaitingJoin is null && !member.IsStatic)
            {
                Remove(group, member);
            }
        }
    }

    private CoordinatorResult EndInitialDelay(ClassicGroup group, GroupTimer timer, CoordinatorTime now)
    {
        if (!group.NewMemberAdded || timer.RemainingMs == 0)
        {
            return CompleteJoin(group, "initial rebalance delay", now);
        }

        // Members keep coming: one more delay, but never beyond the rebalance timeout.
        group.NewMemberAdded = false;
        ArmInitialDelay(
            group,
            Math.Min(options.InitialRebalanceDelayMs, timer.RemainingMs),
            Math.Max(timer.RemainingMs - timer.DelayMs, 0),
            now);
        return CoordinatorResult.Nothing;
    }

    private CoordinatorResult ExpireSession(ClassicGroup group, string memberId, CoordinatorTime now)
    {
        if (group.IsPending(memberId))
        {
            RemovePending(group, memberId);
            return group.Is(ClassicGroupState.PreparingRebalance) && group.HasAllJoined
                ? CompleteJoin(group, $"pending member {memberId} never joined", now)
                : CoordinatorResult.Nothing;
        }

        if (!group.TryGetMember(memberId, out ClassicMember? member) || member.IsHeardOf)
        {
            return CoordinatorResult.Nothing;
        }

        counters.CountExpiredSession();
        return RemoveFailed(group, member, $"session of member {memberId} timed out", now);
    }

    private CoordinatorResult ExpireSync(ClassicGroup group, GroupTimer timer, CoordinatorTime now)
    {
        bool waits = group.State is ClassicGroupState.CompletingRebalance or ClassicGroupState.Stable;
        if (timer.Generation != group.Generation || !waits || group.PendingSync.Count == 0)
        {
            return CoordinatorResult.Nothing;
        }

        var silent = new List<string>(group.PendingSync);
        foreach (string memberId in silent)
        {
            if (group.TryGetMember(memberId, out ClassicMember? member))
            {
                Remove(group, member);
            }
        }

        return Prepare(group, $"no SyncGroup from {string.Join(", ", silent)}", now);
    }

    private void AnswerSyncs(ClassicGroup group, ErrorCode error, CoordinatorTime now)
    {
        foreach (ClassicMember member in group.Members)
        {
            SyncGroupResponse response = error == ErrorCode.None
                ? GroupReplies.Synced(group, member)
                : GroupReplies.SyncError(error);
            if (ClassicGroup.AnswerSync(member, response))
            {
                // A session that ended while the request was parked was overlooked, so its timer no longer runs.
                ArmSession(group, member, now);
            }
        }
    }

    private void ArmSession(ClassicGroup group, ClassicMember member, int timeoutMs, CoordinatorTime now)
    {
        member.Session ??= new GroupTimer(this, GroupTimerKind.Session, group, member.Id);
        timers.Arm(member.Session, now, timeoutMs);
    }

    private void ArmJoin(ClassicGroup group, CoordinatorTime now)
    {
        Disarm(group.JoinTimer);
        group.JoinTimer = new GroupTimer(this, GroupTimerKind.Join, group, "");
        timers.Arm(group.JoinTimer, now, group.RebalanceTimeoutMs());
    }

    private void ArmInitialDelay(ClassicGroup group, int delayMs, int remainingMs, CoordinatorTime now)
    {
        Disarm(group.JoinTimer);
        group.JoinTimer = new GroupTimer(this, GroupTimerKind.InitialJoin, group, "")
        {
            DelayMs = delayMs,
            RemainingMs = remainingMs,
        };
        timers.Arm(group.JoinTimer, now, delayMs);
    }
}
