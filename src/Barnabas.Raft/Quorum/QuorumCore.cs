using Barnabas.Kernel;

namespace Barnabas.Raft;

/// <summary>
/// One replica of the quorum that orders the metadata log: Raft in the KRaft dialect, where followers pull (KIP-595),
/// elections are tried before they raise the epoch (KIP-996), and voters may come and go by records (KIP-853). Pure.
/// </summary>
/// <remarks>
/// <code>
/// from          to            when
/// Unattached    Unattached    a higher epoch without known leader; a vote given
///               Prospective   election timeout, as a voter
///               Follower      the leader of this or a higher epoch is known
/// Prospective   Unattached    a higher epoch; the election was lost or timed out and no leader was known
///               Candidate     a majority would vote for this replica
///               Follower      a leader is known again, or was known and the election was lost
/// Candidate     Unattached    a higher epoch
///               Prospective   the election was lost or timed out
///               Leader        a majority of votes
///               Follower      another leader of this or a higher epoch
/// Leader        Unattached    a higher epoch
///               Resigned      shutting down, or a majority of voters has been silent for too long
///               Follower      a leader of a higher epoch
/// Follower      Unattached    a higher epoch
///               Prospective   fetch timeout, as a voter
///               Follower      a leader of a higher epoch
/// Resigned      Unattached    a higher epoch; election timeout
///               Prospective   at start, as the only voter
///               Follower      a leader of a higher epoch
/// </code>
/// I-42: at most one vote per epoch, remembered before it is given; a leader never truncates; the high watermark moves
/// only over an entry of the leader's own epoch. I-43: nothing below the high watermark is ever truncated.
/// </remarks>
public sealed class QuorumCore
{
    private readonly QuorumOptions _options;
    private readonly IQuorumLog _log;
    private readonly IEntropy _entropy;
    private readonly QuorumVotes _votes = new();
    private readonly QuorumProgress _progress = new();
    private ElectionState _election;
    private QuorumStep _step = new();
    private MonotonicTime _now;
    private MonotonicTime _timeout = MonotonicTime.Never;
    private MonotonicTime _retry = MonotonicTime.Never;
    private bool _hasFetched;
    private int _searched;

    public QuorumCore(QuorumOptions options, VoterSet voters, IQuorumLog log, IEntropy entropy)
    {
        _options = options;
        _log = log;
        _entropy = entropy;
        Voters = voters;
    }

    public QuorumRole Role { get; private set; }

    public int Epoch => _election.Epoch;

    /// <summary>The leader of the epoch; <see cref="BrokerId.None"/> if not known.</summary>
    public BrokerId Leader => _election.Leader;

    public VoterSet Voters { get; private set; }

    /// <summary>The end of what is committed, as far as this replica knows; -1 if it does not know.</summary>
    public long HighWatermark { get; private set; } = -1;

    /// <summary>How far a voter's log reaches; -1 if this replica does not know or does not lead.</summary>
    public long EndOffsetOf(BrokerId voter) => Role != QuorumRole.Leader ? -1
        : voter == _options.Self.Id ? _log.End.EndOffset
        : _progress.EndOffsetOf(voter);

    public bool IsVoter => Voters.Contains(_options.Self);

    /// <summary>For the test that compares the table with runs.</summary>
    internal Action<QuorumRole, QuorumRole>? Transitioned { get; set; }

    private bool CanElect => IsVoter && Voters.Count > 0;

    /// <summary>Begins after a start of the process with what was saved last.</summary>
    public QuorumStep Start(ElectionState? saved, MonotonicTime now)
    {
        Begin(now);
        _election = saved ?? ElectionState.Initial;
        int lastEpoch = _log.End.Epoch;
        if (_election.Epoch < lastEpoch)
        {
            // The log knows a later epoch: the state file was lost or is older. Whom it voted for then is unknown, but
            // nobody else can win that epoch either, for its leader wrote to this log.
            _election = new ElectionState(lastEpoch, BrokerId.None, null);
        }

        if (_election.Leader == _options.Self.Id)
        {
            // It may have lost unsynced records: leading the same epoch again could give an offset twice.
            Role = QuorumRole.Resigned;
            _timeout = _now + DrawElectionTimeout();
        }
        else if (_election.HasLeader && Voters.Find(_election.Leader) is not null)
        {
            Role = QuorumRole.Follower;
            _timeout = _now + _options.FetchTimeout;
            _retry = _now;
        }
        else
        {
            Role = QuorumRole.Unattached;
            _timeout = _now + DrawElectionTimeout();
        }

        if (Voters.IsOnlyVoter(_options.Self))
        {
            // Nobody to wait for.
            if (Role == QuorumRole.Follower)
            {
                Become(QuorumRole.Unattached, _election);
            }

            BecomeProspective();
        }

        return End();
    }

    /// <summary>Takes one input; the returned step is to be carried out before the next one.</summary>
    public QuorumStep Step(QuorumInput input, MonotonicTime now)
    {
        Begin(now);
        long highWatermark = HighWatermark;
        switch (input)
        {
            case QuorumInput.TimePassed: break;
            case QuorumInput.Flushed flushed: OnFlushed(flushed); break;
            case QuorumInput.VotersChanged changed: Voters = changed.Voters; break;
            case QuorumInput.ShuttingDown: Resign(); break;
            case QuorumInput.VoteRequested vote: OnVoteRequested(vote); break;
            case QuorumInput.VoteAnswered vote: OnVoteAnswered(vote); break;
            case QuorumInput.EpochBegun begun: Learn(begun.Epoch, begun.Leader); break;
            case QuorumInput.EpochEnded ended: OnEpochEnded(ended); break;
            case QuorumInput.FetchRequested fetch: OnFetchRequested(fetch); break;
            case QuorumInput.FetchAnswered fetch: OnFetchAnswered(fetch); break;
        }

        OnTime();
        Invariant.That(HighWatermark >= highWatermark);
        return End();
    }

    private void Begin(MonotonicTime now)
    {
        _step = new QuorumStep();
        _now = now;
    }

    private QuorumStep End()
    {
        _step.Deadline = _timeout <= _retry ? _timeout : _retry;
        return _step;
    }

    // ---- Transitions

    private void Become(QuorumRole role, ElectionState election)
    {
        Invariant.That(QuorumTransitions.Legal.Contains((Role, role)));
        Invariant.That(election.Epoch >= _election.Epoch);
        // One vote per epoch, and one leader.
        Invariant.That(
            election.Epoch > _election.Epoch
            || _election.Voted is null
            || election.Voted == _election.Voted
            || role == QuorumRole.Leader);
        Transitioned?.Invoke(Role, role);
        _step.LostLeadership |= Role == QuorumRole.Leader;
        Role = role;
        if (election != _election)
        {
            _election = election;
            _step.Save = election;
        }

        _retry = MonotonicTime.Never;
    }

    private void BecomeUnattached(int epoch, ReplicaKey? voted = null)
    {
        Become(QuorumRole.Unattached, new ElectionState(epoch, BrokerId.None, voted));
        _timeout = _now + DrawElectionTimeout();
    }

    private void BecomeFollower(int epoch, BrokerId leader)
    {
        ReplicaKey? voted = epoch == Epoch ? _election.Voted : null;
        Become(QuorumRole.Follower, new ElectionState(epoch, leader, voted));
        _hasFetched = false;
        _timeout = _now + _options.FetchTimeout;
        _retry = _now;
    }

    private void BecomeProspective()
    {
        Become(QuorumRole.Prospective, _election);
        _votes.Start(_options.Self.Id);
        _timeout = _now + DrawElectionTimeout();
        _retry = _now;
        ContinueElection();
    }

    private void BecomeCandidate()
    {
        Become(QuorumRole.Candidate, new ElectionState(Epoch + 1, BrokerId.None, _options.Self));
        _votes.Start(_options.Self.Id);
        _timeout = _now + DrawElectionTimeout();
        _retry = _now;
        ContinueElection();
    }

    private void BecomeLeader()
    {
        // The vote need not be kept: who was leader in an epoch neither votes nor leads in it after a restart.
        Become(QuorumRole.Leader, new ElectionState(Epoch, _options.Self.Id, null));
        _progress.Start(_log.End.EndOffset, _now);
        _step.BecameLeader = true;
        _step.GrantingVoters = _votes.Granting();
        _timeout = MonotonicTime.Never;
        _retry = Voters.Count > 1 ? _now : MonotonicTime.Never;
    }

    private void Resign()
    {
        if (Role != QuorumRole.Leader)
        {
            return;
        }

        BrokerId successor = _progress.MostAdvanced(Voters, _options.Self.Id);
        foreach (Voter voter in Voters.Voters)
        {
            if (voter.Key.Id != _options.Self.Id)
            {
                _step.Send(new QuorumMessage.EndEpoch(voter.Key.Id, Epoch, successor));
            }
        }

        Become(QuorumRole.Resigned, _election);
        _timeout = _now + DrawElectionTimeout();
    }

    /// <summary>Takes in an epoch and perhaps its leader from any message; false if the message is of an older
    /// epoch.</summary>
    private bool Learn(int epoch, BrokerId leader)
    {
        if (epoch < Epoch)
        {
            return false;
        }

        if (epoch > Epoch)
        {
            if (leader == BrokerId.None || leader == _options.Self.Id)
            {
                BecomeUnattached(epoch);
            }
            else
            {
                BecomeFollower(epoch, leader);
            }
        }
        else if (leader != BrokerId.None && leader != _options.Self.Id && Role != QuorumRole.Follower)
        {
            // Two leaders of one epoch cannot be: each needed a majority that voted once.
            Invariant.That(Role is not (QuorumRole.Leader or QuorumRole.Resigned));
            BecomeFollower(epoch, leader);
        }

        return true;
    }

    // ---- Elections

    private void OnVoteRequested(QuorumInput.VoteRequested vote)
    {
        if (vote.Epoch > Epoch)
        {
            BecomeUnattached(vote.Epoch);
        }

        bool isGranted = vote.Epoch == Epoch && MayGrant(vote);
        if (isGranted && !vote.IsPreVote && _election.Voted is null)
        {
            // The vote is saved by the same step that answers.
            BecomeVoted(vote.Candidate);
        }

        _step.Send(new QuorumMessage.VoteReply(vote.Candidate.Id, Epoch, Leader, isGranted, vote.IsPreVote));
    }

    private void BecomeVoted(ReplicaKey candidate)
    {
        // A prospective replica that has voted waits for its candidate instead of asking for itself.
        Invariant.That(Role is QuorumRole.Unattached or QuorumRole.Prospective);
        BecomeUnattached(Epoch, candidate);
    }

    private bool MayGrant(QuorumInput.VoteRequested vote)
    {
        bool isUpToDate = vote.LogEnd.CompareTo(_log.End) >= 0;
        if (vote.IsPreVote)
        {
            // A follower that hears from its leader would not elect another: a partitioned replica that comes back
            // cannot disturb a working leader.
            return isUpToDate && Role switch
            {
                QuorumRole.Leader => false,
                QuorumRole.Follower => !_hasFetched,
                _ => true,
            };
        }

        if (Role is not (QuorumRole.Unattached or QuorumRole.Prospective) || _election.HasLeader)
        {
            return false;
        }

        return _election.Voted is { } voted ? voted == vote.Candidate : isUpToDate;
    }

    private void OnVoteAnswered(QuorumInput.VoteAnswered vote)
    {
        if (!Learn(vote.Epoch, vote.Leader) || vote.Epoch != Epoch || Voters.Find(vote.From) is null)
        {
            return;
        }

        if (vote.IsPreVote ? Role == QuorumRole.Prospective : Role == QuorumRole.Candidate)
        {
            _votes.Record(vote.From, vote.IsGranted);
            ContinueElection();
        }
    }

    private void ContinueElection()
    {
        if (_votes.CountGranted(Voters) >= Voters.Majority)
        {
            if (Role == QuorumRole.Prospective)
            {
                BecomeCandidate();
            }
            else
            {
                BecomeLeader();
            }
        }
        else if (_votes.CountOpen(Voters) + _votes.CountGranted(Voters) < Voters.Majority)
        {
            LoseElection();
        }
    }

    private void LoseElection()
    {
        if (Role == QuorumRole.Candidate)
        {
            Become(QuorumRole.Prospective, _election);
            _votes.Start(_options.Self.Id);
            // Not at once again, or two losers would go on losing against each other.
            _timeout = _now + DrawElectionTimeout();
            _retry = _timeout;
        }
        else if (_election.HasLeader)
        {
            BecomeFollower(Epoch, Leader);
        }
        else
        {
            BecomeUnattached(Epoch, _election.Voted);
        }
    }

    private void OnEpochEnded(QuorumInput.EpochEnded ended)
    {
        if (!Learn(ended.Epoch, ended.Leader) || Role != QuorumRole.Follower || Leader != ended.Leader || !CanElect)
        {
            return;
        }

        // The wanted successor tries at once, the others give it a head start.
        _timeout = ended.IsFirstSuccessor ? _now : _now + DrawElectionTimeout();
    }

    // ---- Replication

    private void OnFlushed(QuorumInput.Flushed flushed)
    {
        if (Role == QuorumRole.Leader)
        {
            _progress.Record(_options.Self.Id, flushed.EndOffset, _now);
            AdvanceHighWatermark();
        }
    }

    private void AdvanceHighWatermark()
    {
        long committed = _progress.Committed(Voters);
        // Raft, section 5.4.2: entries of earlier epochs commit only together with one of this epoch.
        if (committed > _progress.EpochStartOffset && committed > HighWatermark)
        {
            HighWatermark = committed;
        }
    }

    private void OnFetchRequested(QuorumInput.FetchRequested fetch)
    {
        if (fetch.Epoch > Epoch)
        {
            BecomeUnattached(fetch.Epoch);
        }

        if (Role != QuorumRole.Leader || fetch.Epoch != Epoch)
        {
            _step.Send(new QuorumMessage.FetchReply(fetch.Replica.Id, Epoch, Leader, -1, null));
            return;
        }

        LogPosition known = _log.EndOfEpoch(fetch.LogEnd.Epoch);
        if (known.Epoch != fetch.LogEnd.Epoch || known.EndOffset < fetch.LogEnd.EndOffset)
        {
            _step.Send(new QuorumMessage.FetchReply(fetch.Replica.Id, Epoch, Leader, HighWatermark, known));
            return;
        }

        if (Voters.Contains(fetch.Replica))
        {
            _progress.Record(fetch.Replica.Id, fetch.LogEnd.EndOffset, _now);
            AdvanceHighWatermark();
        }

        _step.Send(new QuorumMessage.FetchReply(fetch.Replica.Id, Epoch, Leader, HighWatermark, null));
    }

    private void OnFetchAnswered(QuorumInput.FetchAnswered fetch)
    {
        if (!Learn(fetch.Epoch, fetch.Leader)
            || Role != QuorumRole.Follower
            || fetch.From != Leader
            || fetch.Leader != Leader)
        {
            return;
        }

        _hasFetched = true;
        _timeout = _now + _options.FetchTimeout;
        _retry = _now;
        if (fetch.Diverging is { } diverging)
        {
            // The common prefix ends no later than either end of that epoch.
            LogPosition own = _log.EndOfEpoch(diverging.Epoch);
            long end = own.Epoch == diverging.Epoch ? Math.Min(own.EndOffset, diverging.EndOffset) : own.EndOffset;
            Invariant.That(end >= HighWatermark);
            _step.TruncateTo = end;
            return;
        }

        HighWatermark = Math.Max(HighWatermark, Math.Min(fetch.HighWatermark, _log.End.EndOffset));
    }

    // ---- Time

    private void OnTime()
    {
        if (_now >= _timeout)
        {
            OnTimeout();
        }

        if (_now >= _retry && _step.TruncateTo is null)
        {
            _retry = _now + _options.RetryInterval;
            SendRequests();
        }

        if (Role == QuorumRole.Leader && _progress.IsMajoritySilent(Voters, _options, _now))
        {
            Resign();
        }
    }

    private void OnTimeout()
    {
        _timeout = _now + DrawElectionTimeout();
        switch (Role)
        {
            case QuorumRole.Unattached or QuorumRole.Follower when CanElect:
                BecomeProspective();
                break;
            case QuorumRole.Unattached or QuorumRole.Follower:
                // An observer can only go on looking for a leader.
                _retry = _now;
                break;
            case QuorumRole.Prospective:
                LoseElection();
                break;
            case QuorumRole.Candidate:
                Become(QuorumRole.Prospective, _election);
                _votes.Start(_options.Self.Id);
                _retry = _now;
                break;
            case QuorumRole.Resigned:
                // The epoch it led is over for it; the next one is open.
                BecomeUnattached(Epoch + 1);
                break;
        }
    }

    private void SendRequests()
    {
        switch (Role)
        {
            case QuorumRole.Prospective or QuorumRole.Candidate:
                foreach (BrokerId voter in _votes.Open(Voters))
                {
                    bool isPreVote = Role == QuorumRole.Prospective;
                    _step.Send(new QuorumMessage.Vote(voter, Epoch, _log.End, isPreVote));
                }

                break;
            case QuorumRole.Leader:
                foreach (BrokerId voter in _progress.Silent(Voters, _options, _now))
                {
                    _step.Send(new QuorumMessage.BeginEpoch(voter, Epoch));
                }

                break;
            case QuorumRole.Follower:
                _step.Send(new QuorumMessage.Fetch(Leader, Epoch, _log.End));
                break;
            case QuorumRole.Unattached when !IsVoter && Voters.Count > 0:
                Voter asked = Voters.Voters.ElementAt(_searched++ % Voters.Count);
                _step.Send(new QuorumMessage.Fetch(asked.Key.Id, Epoch, _log.End));
                break;
        }
    }

    private TimeSpan DrawElectionTimeout()
    {
        long range = Math.Max(1, _options.ElectionTimeout.Ticks);
        return _options.ElectionTimeout + new TimeSpan((long)(_entropy.NextUInt64() % (ulong)range));
    }
}
