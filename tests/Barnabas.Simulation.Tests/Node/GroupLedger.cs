using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>What is known of one group from outside: its generations and what was committed.</summary>
internal sealed class GroupLedger(string name, SimulatedWorld world, Findings findings)
{
    private readonly SortedDictionary<(string Topic, int Partition), List<Commit>> _commits = [];
    private readonly Dictionary<int, string> _leaders = [];
    private readonly Dictionary<(int Generation, string Member), (byte[] Assignment, int Life)> _assignments = [];
    private readonly Dictionary<string, int> _lastGeneration = [];
    private int _life;

    public string Name => name;

    public long Commits { get; private set; }

    public IEnumerable<(string Topic, int Partition)> Keys => _commits.Keys;

    /// <summary>Another life of the coordinator: generations that never became stable may come again.</summary>
    public void Forget()
    {
        _life++;
        _leaders.Clear();
        _lastGeneration.Clear();
    }

    public void OnJoined(string member, int generation, string leader)
    {
        findings.Require(
            !_lastGeneration.TryGetValue(member, out int last) || generation >= last,
            $"{name}: {member} joined generation {generation} after {last} (I-38)");
        _lastGeneration[member] = generation;
        findings.Require(
            !_leaders.TryGetValue(generation, out string? other) || other == leader,
            $"{name}: generation {generation} is led by {other} and by {leader} (I-38)");
        _leaders[generation] = leader;
    }

    public void OnAssigning(int generation, string member, byte[] assignment)
    {
        findings.Require(
            !_assignments.TryGetValue((generation, member), out (byte[] Assignment, int Life) other)
                || other.Life != _life || other.Assignment.AsSpan().SequenceEqual(assignment),
            $"{name}: two assignments of {member} in generation {generation} (I-38)");
        _assignments[(generation, member)] = (assignment, _life);
    }

    public void OnAssigned(int generation, string member, byte[] assignment) => findings.Require(
        _assignments.TryGetValue((generation, member), out (byte[] Assignment, int Life) sent)
            && sent.Assignment.AsSpan().SequenceEqual(assignment),
        $"{name}: {member} got another assignment than its leader sent in generation {generation} (I-38)");

    public Commit OnCommitting((string Topic, int Partition) key, long offset)
    {
        Commit commit = new(offset, world.Now);
        if (!_commits.TryGetValue(key, out List<Commit>? all))
        {
            _commits[key] = all = [];
        }

        all.Add(commit);
        return commit;
    }

    public void OnCommitted(Commit commit)
    {
        commit.AcknowledgedAt = world.Now;
        Commits++;
    }

    public void OnRefused((string Topic, int Partition) key, Commit commit) => _commits[key].Remove(commit);

    /// <summary>The committed value is the last one acknowledged, or one of which nobody knows.</summary>
    public void Audit((string Topic, int Partition) key, long committed, bool powerWasLost)
    {
        List<Commit> all = _commits[key];
        bool hasAcknowledged = all.Exists(static commit => commit.AcknowledgedAt is not null);
        bool isKnown = committed == -1
            ? powerWasLost || !hasAcknowledged
            : all.Exists(commit => commit.Offset == committed && (powerWasLost || !IsOverwritten(all, commit)));
        findings.Require(
            isKnown,
            $"{name}: {key} stands at {committed}; committed were "
            + $"{string.Join(", ", all.TakeLast(8).Select(static commit => commit.ToString()))} (I-40)");
        if (committed == -1)
        {
            all.Clear();
            return;
        }

        all.RemoveAll(commit => commit.Offset != committed);
        foreach (Commit left in all)
        {
            left.AcknowledgedAt ??= world.Now;
        }
    }

    private static bool IsOverwritten(List<Commit> all, Commit commit) => commit.AcknowledgedAt is { } done
        && all.Exists(later => later != commit && later.AcknowledgedAt is not null && later.SentAt > done);

    internal sealed class Commit(long offset, MonotonicTime sentAt)
    {
        public long Offset => offset;

        public MonotonicTime SentAt => sentAt;

        public MonotonicTime? AcknowledgedAt { get; set; }

        public override string ToString() => AcknowledgedAt is null ? $"{offset}?" : $"{offset}";
    }
}
