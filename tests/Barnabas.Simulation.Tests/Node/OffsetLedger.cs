using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// What is known from outside of the offsets of one group: each key is a register that commits write, and deletions
/// with <see cref="None"/>. What got no answer may take effect at any time while the life it was sent in lasts.
/// </summary>
internal sealed class OffsetLedger(string name, SimulatedWorld world, Findings findings)
{
    /// <summary>What a coordinator answers where nothing is committed.</summary>
    public const long None = -1;

    private readonly SortedDictionary<(string Topic, int Partition), List<Commit>> _commits = [];
    private readonly List<Deletion> _deletions = [];

    public IEnumerable<(string Topic, int Partition)> Keys => _commits.Keys;

    /// <summary>How many were acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <param name="key">What it is for.</param>
    /// <param name="offset">Nobody else commits it.</param>
    /// <param name="metadata">What is kept with it.</param>
    /// <param name="retention">After which it may be forgotten; null if never.</param>
    public Commit OnCommitting(
        (string Topic, int Partition) key, long offset, string metadata = "m", TimeSpan? retention = null)
    {
        Commit commit = new(offset, metadata, world.Now)
        {
            ExpiresAt = retention is { } kept ? world.Now + kept : MonotonicTime.Never,
        };
        if (!_commits.TryGetValue(key, out List<Commit>? all))
        {
            // Before all else.
            Commit beginning = new(None, "", default) { KnownAt = new MonotonicTime(-1), IsDurable = true };
            _commits[key] = all = [beginning];
            foreach (Deletion deletion in _deletions)
            {
                deletion.Add(key, OnCommitting(key, None));
            }
        }

        all.Add(commit);
        return commit;
    }

    /// <summary>Somebody deletes the group with all that it has committed when the request is served.</summary>
    public Deletion OnDeleting()
    {
        Deletion deletion = new(world.Now);
        foreach ((string Topic, int Partition) key in Keys.ToArray())
        {
            deletion.Add(key, OnCommitting(key, None));
        }

        _deletions.Add(deletion);
        return deletion;
    }

    /// <param name="deletion">As it was sent.</param>
    /// <param name="error">Null if the connection broke.</param>
    public void OnDeleted(Deletion deletion, ErrorCode? error)
    {
        if (error is null)
        {
            return;
        }

        _deletions.Remove(deletion);
        foreach (((string Topic, int Partition) key, Commit commit) in deletion.Commits)
        {
            OnAnswered(key, commit, error);
            if (error == ErrorCode.GroupIdNotFound)
            {
                OnFetched(key, None, "", deletion.SentAt);
            }
        }
    }

    /// <param name="key">What was committed for.</param>
    /// <param name="commit">As it was sent.</param>
    /// <param name="error">Null if the connection broke.</param>
    public void OnAnswered((string Topic, int Partition) key, Commit commit, ErrorCode? error)
    {
        switch (error)
        {
            case ErrorCode.None:
                OnCommitted(commit);
                break;
            case ErrorCode.IllegalGeneration:
            case ErrorCode.UnknownMemberId:
            case ErrorCode.FencedInstanceId:
            case ErrorCode.RebalanceInProgress:
            case ErrorCode.GroupIdNotFound:
            case ErrorCode.NonEmptyGroup:
            case ErrorCode.CoordinatorLoadInProgress:
                OnRefused(key, commit);
                break;
            default:
                // Nobody knows. As in Kafka, NotCoordinator is also the answer of a coordinator that lost its log in
                // the middle of the append: all of the batch may be there.
                break;
        }
    }

    public void OnCommitted(Commit commit)
    {
        commit.KnownAt ??= world.Now;
        Acknowledged += commit.Offset == None ? 0 : 1;
    }

    public void OnRefused((string Topic, int Partition) key, Commit commit)
    {
        findings.Require(commit.KnownAt is null, $"{name}: {key} stood at {commit}, which was refused (I-40)");
        _commits[key].Remove(commit);
    }

    /// <summary>
    /// An answer to a question of <paramref name="askedAt"/>: each key stands at a commit that nothing known by then
    /// has followed.
    /// </summary>
    public void OnFetched(
        (string Topic, int Partition) key, long offset, string? metadata, MonotonicTime askedAt)
    {
        List<Commit> all = _commits[key];
        List<Commit> possible = all.FindAll(commit => Shows(commit, offset) && !all.Exists(
            later => later != commit && later.KnownAt < askedAt && IsBefore(commit, later)));
        if (!findings.Require(
            possible.Count > 0, $"{name}: {key} was answered with {offset} after {Tell(all)} (I-40)"))
        {
            return;
        }

        findings.Require(
            offset == None || metadata == possible[0].Metadata, $"{name}: {key} at {offset} has metadata '{metadata}'");
        if (possible is not [Commit stands] || stands.Offset != offset)
        {
            // Expired, or deleted by one of several requests.
            return;
        }

        stands.KnownAt ??= world.Now;
        foreach (Commit other in all.Where(other => other != stands && other.KnownAt < askedAt))
        {
            other.OverwrittenBy = stands;
        }
    }

    /// <summary>
    /// Compares with what the coordinator says of all keys. Commits of a group stand one behind the other in one log,
    /// of which a crash keeps a first part: all of it after a kill, at least what an earlier loss of power had left
    /// after another one. Each key must stand at its last commit within that part, or at one of which nobody knows.
    /// </summary>
    public void Audit(IReadOnlyDictionary<(string Topic, int Partition), long> committed, bool powerWasLost)
    {
        MonotonicTime keptUpTo = default;
        // What no request of an earlier life has done by now it never does.
        _deletions.Clear();
        foreach (((string Topic, int Partition) key, List<Commit> all) in _commits)
        {
            long offset = committed.GetValueOrDefault(key, None);
            Commit? stands = all.Find(commit => commit.Offset == offset);
            findings.Require(
                stands is not null || offset == None,
                $"{name}: {key} stands at {offset}, which nobody has committed (I-40)");
            // Of several deletions nobody knows which it is.
            keptUpTo = stands is null || offset == None || stands.SentAt < keptUpTo ? keptUpTo : stands.SentAt;
        }

        foreach (((string Topic, int Partition) key, List<Commit> all) in _commits)
        {
            long offset = committed.GetValueOrDefault(key, None);
            List<Commit> possible = [];
            Commit? lost = all.FindLast(static commit => commit.KnownAt is not null && commit.Offset != None);
            foreach (Commit candidate in all.Where(commit => Shows(commit, offset)))
            {
                Commit? follower = all.Find(commit => commit != candidate
                    && commit.KnownAt is { } known
                    && (!powerWasLost || commit.IsDurable || known < keptUpTo)
                    && IsBefore(candidate, commit));
                if (follower is null)
                {
                    possible.Add(candidate);
                }
                else
                {
                    lost = follower;
                }
            }

            findings.Require(
                possible.Count > 0,
                $"{name}: {key} stands at {offset} and {lost} is lost; committed were {Tell(all)} (I-40)");
            Settle(all, possible, powerWasLost);
        }
    }

    private static string Tell(List<Commit> all) =>
        string.Join(", ", all.TakeLast(8).Select(static commit => commit.ToString()));

    private bool Shows(Commit commit, long offset) =>
        commit.Offset == offset || (offset == None && commit.ExpiresAt <= world.Now);

    // After a kill the page cache has everything, but a later loss of power may still bring an older value back. What
    // is there after a loss of power is on the platter, and nothing else is. Nothing may be there for several reasons:
    // a deletion, or a commit that has expired, and that comes back if the power takes its removal.
    private void Settle(List<Commit> all, List<Commit> possible, bool powerWasLost)
    {
        if (powerWasLost)
        {
            all.RemoveAll(commit => !possible.Contains(commit));
        }

        Commit? stands = possible.LastOrDefault();
        foreach (Commit other in all)
        {
            other.OverwrittenBy = possible.Contains(other) ? null : stands ?? other.OverwrittenBy;
        }

        if (possible is [Commit only])
        {
            only.KnownAt ??= world.Now;
            only.IsDurable |= powerWasLost;
        }
    }

    private static bool IsBefore(Commit commit, Commit other) =>
        commit.OverwrittenBy == other || (commit.KnownAt is { } known && known < other.SentAt);

    internal sealed class Deletion(MonotonicTime sentAt)
    {
        private readonly List<((string Topic, int Partition) Key, Commit Commit)> _commits = [];

        public MonotonicTime SentAt => sentAt;

        /// <summary>One of <see cref="None"/> for each key that was there, or came up until the answer.</summary>
        public IReadOnlyList<((string Topic, int Partition) Key, Commit Commit)> Commits => _commits;

        public void Add((string Topic, int Partition) key, Commit commit) => _commits.Add((key, commit));
    }

    internal sealed class Commit(long offset, string metadata, MonotonicTime sentAt)
    {
        public long Offset => offset;

        public string Metadata => metadata;

        public MonotonicTime SentAt => sentAt;

        /// <summary>From then on it may be forgotten.</summary>
        public MonotonicTime ExpiresAt { get; init; } = MonotonicTime.Never;

        /// <summary>Acknowledged, or seen to stand.</summary>
        public MonotonicTime? KnownAt { get; set; }

        /// <summary>It stood after a loss of power: no further one can take it.</summary>
        public bool IsDurable { get; set; }

        /// <summary>What stood instead at the last look.</summary>
        public Commit? OverwrittenBy { get; set; }

        public override string ToString() => KnownAt is null ? $"{offset}?" : $"{offset}";
    }
}
