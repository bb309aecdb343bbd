using Barnabas.Kernel;

namespace Barnabas.Raft;

/// <summary>The votes of one election.</summary>
internal sealed class QuorumVotes
{
    private readonly SortedDictionary<BrokerId, bool> _votes = [];

    /// <summary>A new election; this replica votes for itself.</summary>
    public void Start(BrokerId self)
    {
        _votes.Clear();
        _votes.Add(self, true);
    }

    public void Record(BrokerId voter, bool isGranted) => _votes[voter] = isGranted;

    public int CountGranted(VoterSet voters) =>
        voters.Voters.Count(voter => _votes.TryGetValue(voter.Key.Id, out bool granted) && granted);

    public int CountOpen(VoterSet voters) => voters.Voters.Count(voter => !_votes.ContainsKey(voter.Key.Id));

    /// <summary>Who has not answered.</summary>
    public IEnumerable<BrokerId> Open(VoterSet voters) =>
        voters.Voters.Select(static voter => voter.Key.Id).Where(id => !_votes.ContainsKey(id));

    public IReadOnlyList<BrokerId> Granting() =>
        [.. _votes.Where(static vote => vote.Value).Select(static vote => vote.Key)];
}
