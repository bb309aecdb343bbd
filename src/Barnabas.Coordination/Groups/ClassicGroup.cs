using System.Diagnostics.CodeAnalysis;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// A group under the classic rebalance protocol: its members and what they agreed on. Knows what is legal, not what is
/// to be done: <see cref="Rebalances"/> drives it.
/// </summary>
/// <remarks>
/// <code>
/// Empty --------------- first member joins --------------------> PreparingRebalance
/// PreparingRebalance -- members joined in time ----------------> CompletingRebalance
/// PreparingRebalance -- nobody left ---------------------------> Empty
/// CompletingRebalance - leader's assignment is committed ------> Stable
/// CompletingRebalance - member joins, leaves, fails -----------> PreparingRebalance
/// Stable -------------- member joins, leaves, fails, changes --> PreparingRebalance
/// any ----------------- removed, or its append failed ---------> Dead
/// </code>
/// Invariants: the generation rises by one with each move to CompletingRebalance or Empty and never falls (I-38); each
/// generation is given at most one assignment (I-38); <c>AwaitingJoinCount</c> is the number of members with a parked
/// JoinGroup; the leader, if there is one, is a member or the group is loading.
/// Members stand in the order in which they joined, so that nothing a client can see depends on hashing.
/// </remarks>
internal sealed class ClassicGroup
{
    private readonly List<ClassicMember> _members = [];
    private readonly Dictionary<string, ClassicMember> _membersById = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _staticMembers = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, GroupTimer> _pendingMembers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _supporters = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, bool> _pendingSync = new(StringComparer.Ordinal);
    private int _assignedGeneration = -1;

    public ClassicGroup(string id, long? stateSinceMs)
    {
        Id = id;
        StateSinceMs = stateSinceMs;
    }

    /// <summary>The legal moves; the table above in data, which a test compares with the code.</summary>
    public static IReadOnlyList<(ClassicGroupState From, ClassicGroupState To)> Moves { get; } =
    [
        (ClassicGroupState.Empty, ClassicGroupState.PreparingRebalance),
        (ClassicGroupState.PreparingRebalance, ClassicGroupState.CompletingRebalance),
        (ClassicGroupState.PreparingRebalance, ClassicGroupState.Empty),
        (ClassicGroupState.CompletingRebalance, ClassicGroupState.Stable),
        (ClassicGroupState.CompletingRebalance, ClassicGroupState.PreparingRebalance),
        (ClassicGroupState.Stable, ClassicGroupState.PreparingRebalance),
        (ClassicGroupState.Empty, ClassicGroupState.Dead),
        (ClassicGroupState.PreparingRebalance, ClassicGroupState.Dead),
        (ClassicGroupState.CompletingRebalance, ClassicGroupState.Dead),
        (ClassicGroupState.Stable, ClassicGroupState.Dead),
    ];

    public string Id { get; }

    public ClassicGroupState State { get; private set; } = ClassicGroupState.Empty;

    public ClassicGroupState PreviousState { get; private set; } = ClassicGroupState.Dead;

    /// <summary>
    /// Since when it is in its state; null if loaded from a record of an old version that does not tell.
    /// </summary>
    public long? StateSinceMs { get; private set; }

    /// <summary>Null for a group that only stores offsets.</summary>
    public string? ProtocolType { get; private set; }

    public string? ProtocolName { get; private set; }

    public int Generation { get; private set; }

    public string? LeaderId { get; private set; }

    /// <summary>The topics its consumers subscribe to; null if that cannot be known from their metadata.</summary>
    public IReadOnlySet<string>? SubscribedTopics { get; private set; }

    /// <summary>True if somebody joined since the initial delay was last extended.</summary>
    public bool NewMemberAdded { get; set; }

    public int AwaitingJoinCount { get; private set; }

    /// <summary>
    /// Memory its members take, as <see cref="GroupCoordinatorOptions.GroupMetadataBytesMax"/> counts it.
    /// </summary>
    public long Bytes { get; private set; }

    public GroupTimer? JoinTimer { get; set; }

    public GroupTimer? SyncTimer { get; set; }

    public IReadOnlyList<ClassicMember> Members => _members;

    /// <summary>Ids that were handed out and not yet used to join (KIP-394), with their timers.</summary>
    public IReadOnlyDictionary<string, GroupTimer> PendingMembers => _pendingMembers;

    /// <summary>Members of this generation that have not sent their SyncGroup.</summary>
    public IReadOnlyCollection<string> PendingSync => _pendingSync.Keys;

    public bool IsConsumerGroup => ProtocolType == ConsumerProtocol.Type;

    public bool HasAllJoined => _members.Count == AwaitingJoinCount && _pendingMembers.Count == 0;

    public bool CanRebalance =>
        State is ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance or ClassicGroupState.Empty;

    /// <summary>True from the leader's first SyncGroup of this generation: its assignment is decided.</summary>
    public bool IsAssignmentDecided => _assignedGeneration == Generation;

    public bool Is(ClassicGroupState state) => State == state;

    public bool HasMember(ReadOnlySpan<char> memberId) => TryGetMember(memberId, out _);

    public bool TryGetMember(ReadOnlySpan<char> memberId, [MaybeNullWhen(false)] out ClassicMember member) =>
        _membersById.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(memberId, out member);

    public bool IsPending(string memberId) => _pendingMembers.ContainsKey(memberId);

    public bool IsLeader(string memberId) => LeaderId == memberId;

    public string? StaticMemberId(string instanceId) => _staticMembers.GetValueOrDefault(instanceId);

    public bool IsSubscribedTo(string topic) =>
        SubscribedTopics is null ? IsConsumerGroup : SubscribedTopics.Contains(topic);

    /// <summary>The longest rebalance timeout of its members, at least 0: how long it waits for them.</summary>
    public int RebalanceTimeoutMs()
    {
        int longest = 0;
        foreach (ClassicMember member in _members)
        {
            longest = Math.Max(longest, member.RebalanceTimeoutMs);
        }

        return longest;
    }

    /// <summary>Fills an empty new group from a record; it is Stable if it has members.</summary>
    public void Load(GroupMetadataValue value)
    {
        Invariant.That(_members.Count == 0);
        ProtocolType = string.IsNullOrEmpty(value.ProtocolType) ? null : value.ProtocolType;
        ProtocolName = value.Protocol;
        Generation = value.Generation;
        foreach (GroupMetadataValue.MemberMetadata stored in value.Members)
        {
            Insert(new ClassicMember(
                stored.MemberId,
                stored.GroupInstanceId,
                stored.ClientId,
                stored.ClientHost,
                stored.RebalanceTimeout == -1 ? stored.SessionTimeout : stored.RebalanceTimeout,
                stored.SessionTimeout,
                [new MemberProtocol(value.Protocol ?? "", stored.Subscription)],
                stored.Assignment));
        }

        LeaderId = value.Leader ?? (_members.Count > 0 ? _members[0].Id : null);
        State = _members.Count == 0 ? ClassicGroupState.Empty : ClassicGroupState.Stable;
        _assignedGeneration = Generation;
        SubscribedTopics = ConsumerProtocol.SubscribedTopics(this);
    }

    public void Add(ClassicMember member, ReplyOnce<JoinGroupResponse>? awaiting, string protocolType)
    {
        if (_members.Count == 0)
        {
            ProtocolType = protocolType;
        }

        Invariant.That(ProtocolType == protocolType);
        RemovePending(member.Id);
        Insert(member);
        LeaderId ??= member.Id;
        Park(member, awaiting);
    }

    /// <summary>Replaces what the member supports and waits for.</summary>
    public void Update(
        ClassicMember member,
        IReadOnlyList<MemberProtocol> protocols,
        int rebalanceTimeoutMs,
        int sessionTimeoutMs,
        ReplyOnce<JoinGroupResponse>? awaiting)
    {
        Bytes -= member.Bytes;
        CountSupport(member, -1);
        member.Protocols = protocols;
        CountSupport(member, 1);
        Bytes += member.Bytes;
        member.RebalanceTimeoutMs = rebalanceTimeoutMs;
        member.SessionTimeoutMs = sessionTimeoutMs;
        Park(member, awaiting);
    }

    public void SetAssignment(ClassicMember member, byte[] assignment)
    {
        Bytes += assignment.Length - member.Assignment.Length;
        member.Assignment = assignment;
    }

    /// <summary>Takes a member out. Its parked requests must have been answered.</summary>
    public void Remove(ClassicMember member)
    {
        Invariant.That(member.AwaitingJoin is null && member.AwaitingSync is null);
        Invariant.That(_members.Remove(member) && _membersById.Remove(member.Id));
        Bytes -= member.Bytes;
        CountSupport(member, -1);
        _pendingSync.Remove(member.Id);
        if (member.InstanceId is not null)
        {
            _staticMembers.Remove(member.InstanceId);
        }

        if (IsLeader(member.Id))
        {
            // The longest-standing member leads next.
            LeaderId = _members.Count > 0 ? _members[0].Id : null;
        }
    }

    public void AddPending(string memberId, GroupTimer session)
    {
        Invariant.That(!HasMember(memberId));
        _pendingMembers.Add(memberId, session);
        Bytes += ClassicMember.MeasureBytes(memberId, null, "", "", []);
    }

    /// <summary>The timer of the pending member, to be disarmed; null if there is no such member.</summary>
    public GroupTimer? RemovePending(string memberId)
    {
        if (!_pendingMembers.Remove(memberId, out GroupTimer? session))
        {
            return null;
        }

        Bytes -= ClassicMember.MeasureBytes(memberId, null, "", "", []);
        return session;
    }

    /// <summary>A static member comes back under a new id and keeps its place.</summary>
    public ClassicMember ReplaceStatic(ClassicMember old, string newId)
    {
        Invariant.That(old.InstanceId is not null && old.AwaitingJoin is null && old.AwaitingSync is null);
        ClassicMember replacement = old.WithId(newId);
        _members[_members.IndexOf(old)] = replacement;
        _membersById.Remove(old.Id);
        _membersById.Add(newId, replacement);
        Bytes += replacement.Bytes - old.Bytes;
        _pendingSync.Remove(old.Id);
        _staticMembers[old.InstanceId!] = newId;
        if (IsLeader(old.Id))
        {
            LeaderId = newId;
        }

        return replacement;
    }

    /// <summary>
    /// If the leader has not joined again, the first member that has becomes leader. False if none has.
    /// </summary>
    public bool ElectJoinedLeader()
    {
        if (LeaderId is null || !TryGetMember(LeaderId, out ClassicMember? leader))
        {
            return false;
        }

        if (leader.AwaitingJoin is not null)
        {
            return true;
        }

        foreach (ClassicMember member in _members)
        {
            if (member.AwaitingJoin is not null)
            {
                LeaderId = member.Id;
                return true;
            }
        }

        return false;
    }

    public void AwaitSync(ClassicMember member) => _pendingSync[member.Id] = true;

    public void MarkSynced(string memberId) => _pendingSync.Remove(memberId);

    public void ForgetPendingSync() => _pendingSync.Clear();

    /// <summary>The leader brought the assignment of this generation; a second one is never taken.</summary>
    public void DecideAssignment()
    {
        Invariant.That(_assignedGeneration < Generation);
        _assignedGeneration = Generation;
    }

    public void MoveTo(ClassicGroupState state, long nowMs)
    {
        Invariant.That(Moves.Contains((State, state)));
        PreviousState = State;
        State = state;
        StateSinceMs = nowMs;
    }

    /// <summary>Begins the next generation with the members there are; the group is Empty if there are none.</summary>
    public void BeginGeneration(long nowMs)
    {
        Generation = checked(Generation + 1);
        ProtocolName = _members.Count > 0 ? SelectProtocol() : null;
        SubscribedTopics = ConsumerProtocol.SubscribedTopics(this);
        ForgetPendingSync();
        MoveTo(_members.Count > 0 ? ClassicGroupState.CompletingRebalance : ClassicGroupState.Empty, nowMs);
    }

    /// <summary>
    /// Among the protocols that all members support, the one most members like best; of equals the one whose first
    /// voter joined first.
    /// </summary>
    public string SelectProtocol()
    {
        var candidates = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, int supporters) in _supporters)
        {
            if (supporters == _members.Count)
            {
                candidates.Add(name);
            }
        }

        var votes = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (ClassicMember member in _members)
        {
            string vote = member.Vote(candidates);
            votes[vote] = votes.GetValueOrDefault(vote) + 1;
        }

        string? winner = null;
        foreach ((string name, int count) in votes)
        {
            if (winner is null || count > votes[winner])
            {
                winner = name;
            }
        }

        Invariant.That(winner is not null);
        return winner;
    }

    /// <summary>True if a member with these protocols could be part of the group.</summary>
    public bool Supports(string protocolType, IReadOnlyList<MemberProtocol> protocols)
    {
        if (Is(ClassicGroupState.Empty))
        {
            return protocolType.Length > 0 && protocols.Count > 0;
        }

        if (ProtocolType != protocolType)
        {
            return false;
        }

        foreach (MemberProtocol protocol in protocols)
        {
            if (_supporters.GetValueOrDefault(protocol.Name) == _members.Count)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Checks that the sender is the member it claims to be.</summary>
    public ErrorCode Validate(string memberId, string? instanceId) =>
        Validate(memberId, instanceId is not null, instanceId);

    /// <inheritdoc cref="Validate(string, string?)"/>
    public ErrorCode Validate(ReadOnlySpan<char> memberId, bool isStatic, ReadOnlySpan<char> instanceId)
    {
        if (isStatic)
        {
            if (!_staticMembers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(instanceId, out string? current))
            {
                return ErrorCode.UnknownMemberId;
            }

            if (!memberId.SequenceEqual(current))
            {
                // KIP-345: a newer instance has taken the place, and the older one must stop.
                return ErrorCode.FencedInstanceId;
            }
        }

        return HasMember(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    /// <summary>Answers the parked JoinGroup, if there is one.</summary>
    public bool AnswerJoin(ClassicMember member, JoinGroupResponse response)
    {
        if (member.AwaitingJoin is not { } awaiting)
        {
            return false;
        }

        Park(member, null);
        awaiting.Answer(response);
        return true;
    }

    /// <summary>Answers the parked SyncGroup, if there is one.</summary>
    public static bool AnswerSync(ClassicMember member, SyncGroupResponse response)
    {
        if (member.AwaitingSync is not { } awaiting)
        {
            return false;
        }

        member.AwaitingSync = null;
        awaiting.Answer(response);
        return true;
    }

    private void Insert(ClassicMember member)
    {
        if (member.InstanceId is not null)
        {
            Invariant.That(_staticMembers.TryAdd(member.InstanceId, member.Id));
        }

        _members.Add(member);
        _membersById.Add(member.Id, member);
        Bytes += member.Bytes;
        CountSupport(member, 1);
    }

    private void Park(ClassicMember member, ReplyOnce<JoinGroupResponse>? awaiting)
    {
        AwaitingJoinCount += (awaiting is null ? 0 : 1) - (member.AwaitingJoin is null ? 0 : 1);
        member.AwaitingJoin = awaiting;
    }

    private void CountSupport(ClassicMember member, int change)
    {
        foreach (MemberProtocol protocol in member.Protocols)
        {
            int supporters = _supporters.GetValueOrDefault(protocol.Name) + change;
            if (supporters == 0)
            {
                _supporters.Remove(protocol.Name);
            }
            else
            {
                _supporters[protocol.Name] = supporters;
            }
        }
    }
}
