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
        commit.KnownAt = world.Now;
        Commits++;
    }

    public void OnRefused((string Topic, int Partition) key, Commit commit) => _commits[key].Remove(commit);

    /// <summary>
    /// Compares with what the coordinator says of all keys. Commits of a group stand one behind the other in one log,
    /// of which a crash keeps a first part: all of it after a kill, at least what an earlier loss of power had left
    /// after another one. Each key must stand at its last commit within that part, or at one of which nobody knows.
    /// </summary>
    public void Audit(IReadOnlyDictionary<(string Topic, int Partition), long> committed, bool powerWasLost)
    {
        List<Commit> standing = [];
        foreach (((string Topic, int Partition) key, List<Commit> all) in _commits)
        {
            long offset = committed.GetValueOrDefault(key, -1);
            Commit? stands = all.Find(commit => commit.Offset == offset);
            findings.Require(
                stands is not null || offset == -1,
                $"{name}: {key} stands at {offset}, which nobody has committed (I-40)");
            standing.AddRange(stands is null ? [] : [stands]);
        }

        MonotonicTime keptUpTo = standing.Select(static commit => commit.SentAt).DefaultIfEmpty().Max();
        foreach (((string Topic, int Partition) key, List<Commit> all) in _commits)
        {
            Commit? stands = all.Find(standing.Contains);
            Commit? lost = all.Find(commit => commit != stands
                && commit.KnownAt is { } known
                && (!powerWasLost || commit.IsDurable || known < keptUpTo)
                && (stands is null || IsBefore(stands, commit)));
            findings.Require(
                lost is null,
                $"{name}: {key} stands at {stands?.ToString() ?? "nothing"} and {lost} is lost; committed were "
                + $"{string.Join(", ", all.TakeLast(8).Select(static commit => commit.ToString()))} (I-40)");
            Settle(all, stands, powerWasLost);
        }
    }

    // After a kill the page cache has everything, but a later loss of power may still bring an older value back. What
    // is there after a loss of power is on the platter, and nothing else is.
    private void Settle(List<Commit> all, Commit? stands, bool powerWasLost)
    {
        if (powerWasLost)
        {
            all.RemoveAll(commit => commit != stands);
        }

        foreach (Commit other in all)
        {
            other.OverwrittenBy = other == stands ? null : stands ?? other.OverwrittenBy;
        }

        if (stands is not null)
        {
            stands.KnownAt ??= world.Now;
            stands.IsDurable |= powerWasLost;
        }
    }

    private static bool IsBefore(Commit commit, Commit other) =>
        commit.OverwrittenBy == other || (commit.KnownAt is { } known && known < other.SentAt);

    internal sealed class Commit(long offset, MonotonicTime sentAt)
    {
        public long Offset => offset;

        public MonotonicTime SentAt => sentAt;

        /// <summary>Acknowledged, or seen to stand.</summary>
        public MonotonicTime? KnownAt { get; set; }

        /// <summary>It stood after a loss of power: no further one can take it.</summary>
        public bool IsDurable { get; set; }

        /// <summary>What stood instead at the last look.</summary>
        public Commit? OverwrittenBy { get; set; }

        public override string ToString() => KnownAt is null ? $"{offset}?" : $"{offset}";
    }
}
