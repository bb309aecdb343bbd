using Barnabas.Kernel;

namespace Barnabas.Raft;

/// <summary>What a leader knows of the voters' logs.</summary>
internal sealed class QuorumProgress
{
    private readonly SortedDictionary<BrokerId, (long EndOffset, MonotonicTime Heard)> _replicas = [];
    private MonotonicTime _began;

    /// <summary>The end of the log when the epoch began: the leader change record has this offset.</summary>
    public long EpochStartOffset { get; private set; }

    public void Start(long epochStartOffset, MonotonicTime now)
    {
        _replicas.Clear();
        EpochStartOffset = epochStartOffset;
        _began = now;
    }

    public void Record(BrokerId replica, long endOffset, MonotonicTime now) => _replicas[replica] = (endOffset, now);

    /// <summary>-1 if the replica has not been heard of.</summary>
    public long EndOffsetOf(BrokerId replica) =>
        _replicas.TryGetValue(replica, out (long EndOffset, MonotonicTime) known) ? known.EndOffset : -1;

    /// <summary>The highest offset below which a majority of the voters has everything; -1 if there is none.</summary>
    public long Committed(VoterSet voters)
    {
        var ends = new List<long>(voters.Count);
        foreach (Voter voter in voters.Voters)
        {
            bool isKnown = _replicas.TryGetValue(voter.Key.Id, out (long EndOffset, MonotonicTime) known);
            ends.Add(isKnown ? known.EndOffset : -1);
        }

        ends.Sort();
        return ends.Count == 0 ? -1 : ends[ends.Count - voters.Majority];
    }

    /// <summary>Voters that have not fetched lately: they may not know that there is a leader.</summary>
    public IEnumerable<BrokerId> Silent(VoterSet voters, QuorumOptions options, MonotonicTime now)
    {
        foreach (Voter voter in voters.Voters)
        {
            BrokerId id = voter.Key.Id;
            if (id != options.Self.Id && now - Heard(id) >= options.FetchTimeout / 2)
            {
                yield return id;
            }
            else if (id != options.Self.Id && !_replicas.ContainsKey(id))
            {
                yield return id;
            }
        }
    }

    /// <summary>True if, with itself, the leader hears less than a majority: another may have been elected.</summary>
    public bool IsMajoritySilent(VoterSet voters, QuorumOptions options, MonotonicTime now)
    {
        int heard = 0;
        foreach (Voter voter in voters.Voters)
        {
            BrokerId id = voter.Key.Id;
            // Half as long again as a follower waits, so that a follower's election comes first.
            bool isHeard = id == options.Self.Id || now - Heard(id) < options.FetchTimeout * 1.5;
            heard += isHeard ? 1 : 0;
        }

        return heard < voters.Majority;
    }

    public BrokerId MostAdvanced(VoterSet voters, BrokerId except)
    {
        BrokerId best = BrokerId.None;
        long bestEnd = -1;
        foreach (Voter voter in voters.Voters)
        {
            if (voter.Key.Id != except
                && _replicas.TryGetValue(voter.Key.Id, out (long EndOffset, MonotonicTime) known)
                && known.EndOffset > bestEnd)
            {
                (best, bestEnd) = (voter.Key.Id, known.EndOffset);
            }
        }

        return best;
    }

    private MonotonicTime Heard(BrokerId replica) =>
        _replicas.TryGetValue(replica, out (long, MonotonicTime Heard) known) ? known.Heard : _began;
}
