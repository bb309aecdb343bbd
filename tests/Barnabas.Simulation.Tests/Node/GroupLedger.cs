using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// What is known of one group from outside: its generations, who leads and who has what in each, and who is surely a
/// member or surely none. What its members hear is compared with that as the story goes.
/// </summary>
internal sealed class GroupLedger(string name, SimulatedWorld world, Findings findings)
{
    // An id is the name of the place or of the client, '-', and a UUID.
    private const int IdSuffix = 37;

    /// <summary>As many claims are remembered for those who come too late.</summary>
    private const int PastMax = 32;

    private readonly Dictionary<int, string> _leaders = [];
    private readonly Dictionary<int, HashSet<string>> _rosters = [];
    private readonly HashSet<(int Generation, string Holder)> _told = [];
    private readonly Dictionary<(int Generation, string Holder), (byte[] Assignment, int Life)> _assignments = [];
    private readonly Dictionary<(int Generation, byte Partition), string> _owners = [];
    private readonly HashSet<string> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string MemberId, MonotonicTime ToldAt)>> _ids = [];
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (MonotonicTime From, MonotonicTime Until)> _leases = [];
    private readonly List<GroupClaim> _past = [];
    private int _life;
    private int _assigned;

    public string Name => name;

    public OffsetLedger Offsets { get; } = new(name, world, findings);

    /// <summary>No generation below it can be the present one.</summary>
    public int Newest { get; private set; }

    /// <summary>
    /// Another life of the coordinator: generations that never became stable may come again, after a loss of power
    /// others as well.
    /// </summary>
    public void Forget(bool powerWasLost)
    {
        _life++;
        _assigned = powerWasLost ? 0 : _assigned;
        Newest = _assigned;
        _leaders.Clear();
        _rosters.Clear();
        _told.Clear();
        _owners.Clear();
        _ids.Clear();
        _gone.Clear();
        _leases.Clear();
    }

    /// <summary>A request in the name of a member; a JoinGroup claims the newest generation.</summary>
    public GroupClaim Claim(string memberId, string? instanceId, int generation)
    {
        if (instanceId is not null)
        {
            _places.Add(instanceId);
        }

        return new(memberId, instanceId, generation, world.Now, generation < Newest || _gone.Contains(memberId));
    }

    /// <summary>A claim of the past that is stale now, as one comes too late; null if there is none.</summary>
    public GroupClaim? StaleClaim(SimulatedRandom random)
    {
        GroupClaim[] stale = [.. _past.Select(past => Claim(past.MemberId, past.InstanceId, past.Generation))
            .Where(static claim => claim.IsStale)];
        return stale.Length == 0 ? null : stale[random.Next(stale.Length)];
    }

    public void OnJoined(GroupClaim claim, JoinGroupResponse answer)
    {
        (string member, int generation) = (answer.MemberId, answer.GenerationId);
        findings.Require(
            generation >= claim.Generation, $"{name}: {member} joined {generation} after {claim.Generation} (I-38)");
        findings.Require(!claim.IsStale, $"{name}: {claim.MemberId} joined again after its end (I-38)");
        Newest = Math.Max(Newest, generation);
        string leader = Holder(answer.Leader);
        findings.Require(
            _leaders.TryAdd(generation, leader) || _leaders[generation] == leader,
            $"{name}: generation {generation} is led by {_leaders[generation]} and by {leader} (I-38)");
        if (answer.Members.Count > 0)
        {
            string[] roster = [.. answer.Members.Select(static m => m.GroupInstanceId ?? m.MemberId)];
            _rosters[generation] = [.. roster];
            findings.Require(
                _rosters[generation].Count == roster.Length, $"{name}: one place twice in generation {generation}");
        }

        _told.Add((generation, Holder(member)));
        if (_rosters.TryGetValue(generation, out HashSet<string>? present))
        {
            string[] unknown = [.. _told.Where(t => t.Generation == generation && !present.Contains(t.Holder))
                .Select(static t => t.Holder)];
            findings.Require(
                unknown.Length == 0, $"{name}: {string.Join(", ", unknown)} in generation {generation} unannounced");
        }

        TakePlace(claim, member);
        _past.Add(new GroupClaim(member, claim.InstanceId, generation, world.Now, IsStale: false));
        _past.RemoveRange(0, Math.Max(0, _past.Count - PastMax));
    }

    public void OnAssigning(int generation, string member, byte[] assignment)
    {
        string holder = Holder(member);
        findings.Require(
            !_assignments.TryGetValue((generation, holder), out (byte[] Assignment, int Life) other)
                || other.Life != _life || other.Assignment.AsSpan().SequenceEqual(assignment),
            $"{name}: two assignments of {holder} in generation {generation} (I-38)");
        _assignments[(generation, holder)] = (assignment, _life);
    }

    public void OnAssigned(GroupClaim claim, byte[] assignment)
    {
        (string holder, int generation) = (Holder(claim.MemberId), claim.Generation);
        OnAccepted(claim, "got an assignment");
        _assigned = Math.Max(_assigned, generation);
        findings.Require(
            _assignments.TryGetValue((generation, holder), out (byte[] Assignment, int Life) sent)
                && sent.Assignment.AsSpan().SequenceEqual(assignment),
            $"{name}: {holder} got another assignment than its leader sent in generation {generation} (I-38)");
        foreach (byte partition in assignment)
        {
            findings.Require(
                _owners.TryAdd((generation, partition), holder) || _owners[(generation, partition)] == holder,
                $"{name}: {partition} is owned twice in generation {generation} (I-38)");
        }
    }

    /// <summary>A heartbeat, a commit or a SyncGroup was answered without an error.</summary>
    public void OnAccepted(GroupClaim claim, string what) => findings.Require(
        !claim.IsStale, $"{name}: {claim.MemberId} {what} with generation {claim.Generation} in {Newest} (I-38, I-40)");

    /// <summary>Nothing had begun that could end its membership sooner than its timeouts.</summary>
    public void OnSettled(GroupClaim claim, TimeSpan timeout)
    {
        if (claim.InstanceId is null)
        {
            _leases[claim.MemberId] = (world.Now, claim.SentAt + timeout);
        }
    }

    public void OnRefused(GroupClaim claim, ErrorCode error) => findings.Require(
        error is not (ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
            || !_leases.TryGetValue(claim.MemberId, out var lease) || world.Now > lease.Until,
        $"{name}: {claim.MemberId} is refused with {error} before its time is over (I-38)");

    /// <summary>A commit of no member in particular was acknowledged.</summary>
    public void OnAcceptedOfNobody(MonotonicTime sentAt) => findings.Require(
        !_leases.Values.Any(lease => lease.From <= sentAt && world.Now <= lease.Until),
        $"{name}: nobody in particular committed while there were members (I-40)");

    public void OnLeaving(string memberId) => _leases.Remove(memberId);

    public void OnLeft(string memberId) => _gone.Add(memberId);

    // Who joined a place takes it from those who had it when the request was sent.
    private void TakePlace(GroupClaim claim, string member)
    {
        if (claim.InstanceId is not { } place)
        {
            return;
        }

        List<(string MemberId, MonotonicTime ToldAt)> ids =
            _ids.TryGetValue(place, out List<(string, MonotonicTime)>? known) ? known : _ids[place] = [];
        foreach ((string other, MonotonicTime toldAt) in ids)
        {
            if (other != member && toldAt < claim.SentAt)
            {
                _gone.Add(other);
            }
        }

        ids.Add((member, world.Now));
    }

    /// <summary>Whoever comes back to a place is the same to the group.</summary>
    private string Holder(string memberId)
    {
        string prefix = memberId.Length > IdSuffix ? memberId[..^IdSuffix] : memberId;
        return _places.Contains(prefix) ? prefix : memberId;
    }
}
