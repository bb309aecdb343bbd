using Barnabas.Kernel;

using Barnabas.Simulation;
namespace Barnabas.Raft.Tests;

/// <summary>
/// A quorum in one thread and virtual time. Faults: messages are lost, doubled, delayed and overtaken; replicas stop
/// and
/// start again without what they had not synced. What was saved or synced is never lost.
/// </summary>
internal sealed class SimulatedQuorum
{
    private readonly SimulatedRandom _entropy;
    private readonly PriorityQueue<Action, (long Ticks, long Order)> _messages = new();
    private readonly SortedDictionary<int, BrokerId> _leaders = [];
    private readonly SortedSet<int> _stopped = [];
    private long _order;
    private int _nextValue;

    public SimulatedQuorum(int voters, ulong seed, bool isFaulty)
    {
        _entropy = new SimulatedRandom(seed);
        IsFaulty = isFaulty;
        Replicas = [.. Enumerable.Range(1, voters).Select(id => new SimulatedReplica(this, id, seed + (ulong)id))];
        Voters = VoterSet.Of(Replicas.Select(static replica => new Voter { Key = replica.Key, Endpoints = [] }));
        foreach (SimulatedReplica replica in Replicas)
        {
            replica.Start();
        }
    }

    public bool IsFaulty { get; set; }

    public IReadOnlyList<SimulatedReplica> Replicas { get; }

    public VoterSet Voters { get; }

    public MonotonicTime Now { get; private set; }

    public List<(int Epoch, int Value)> Committed { get; } = [];

    public SortedSet<(QuorumRole From, QuorumRole To)> Transitions { get; } = [];

    public void OnTransition(QuorumRole from, QuorumRole to) => Transitions.Add((from, to));

    public void OnLeader(SimulatedReplica replica)
    {
        // I-42
        Assert.True(_leaders.TryAdd(replica.Core.Epoch, replica.Key.Id), $"two leaders of epoch {replica.Core.Epoch}");
        // Leader completeness: it holds everything that was ever committed.
        Assert.True(replica.Log.Count >= Committed.Count);
        Assert.Equal(Committed, replica.Log[..Committed.Count]);
    }

    public void OnHighWatermark(SimulatedReplica replica)
    {
        if (replica.Core is null)
        {
            return;
        }

        for (int offset = 0; offset < replica.Core.HighWatermark; offset++)
        {
            if (offset == Committed.Count)
            {
                Assert.Equal(QuorumRole.Leader, replica.Core.Role);
                Committed.Add(replica.Log[offset]);
            }

            Assert.Equal(Committed[offset], replica.Log[offset]);
        }
    }

    public void Send(SimulatedReplica from, QuorumMessage message)
    {
        SimulatedReplica to = Replicas[message.To.Value - 1];
        // A reply carries the records as of now, not as of its arrival.
        long start = _fetchStart;
        List<(int, int)> records = message is QuorumMessage.FetchReply { Diverging: null } reply
            && reply.Leader == from.Key.Id && start <= from.Log.Count
                ? from.Log[(int)start..Math.Min(from.Log.Count, (int)start + 3)]
                : [];
        int copies = !IsFaulty ? 1 : _entropy.Next(10) switch { 0 => 0, 1 => 2, _ => 1 };
        for (int copy = 0; copy < copies; copy++)
        {
            long delay = 1 + _entropy.Next(IsFaulty ? 60 : 5);
            long at = Now.Ticks + (delay * TimeSpan.TicksPerMillisecond);
            _messages.Enqueue(() => Deliver(from, to, message, start, records), (at, _order++));
        }
    }

    public void Run(TimeSpan time)
    {
        MonotonicTime end = Now + time;
        while (Now < end)
        {
            Now += TimeSpan.FromMilliseconds(1);
            while (_messages.TryPeek(out Action? deliver, out (long Ticks, long) key) && key.Ticks <= Now.Ticks)
            {
                _messages.Dequeue();
                deliver();
            }

            foreach (SimulatedReplica replica in Replicas)
            {
                Turn(replica);
            }
        }
    }

    private long _fetchStart;

    private void Turn(SimulatedReplica replica)
    {
        int id = replica.Key.Id.Value;
        if (_stopped.Contains(id))
        {
            if (!IsFaulty || _entropy.Next(1500) == 0)
            {
                _stopped.Remove(id);
                replica.Start();
            }

            return;
        }

        if (IsFaulty && _entropy.Next(4000) == 0)
        {
            _stopped.Add(id);
            return;
        }

        if (IsFaulty && _entropy.Next(8000) == 0)
        {
            replica.Take(new QuorumInput.ShuttingDown());
        }

        if (replica.Deadline <= Now)
        {
            replica.Take(new QuorumInput.TimePassed());
        }

        if (replica.Core.Role == QuorumRole.Leader)
        {
            if (_entropy.Next(20) == 0)
            {
                replica.Append(_nextValue++);
            }

            if (_entropy.Next(5) == 0)
            {
                replica.Flush();
            }
        }
    }

    private void Deliver(
        SimulatedReplica from, SimulatedReplica to, QuorumMessage message, long start, List<(int, int)> records)
    {
        if (_stopped.Contains(to.Key.Id.Value))
        {
            return;
        }

        BrokerId sender = from.Key.Id;
        switch (message)
        {
            case QuorumMessage.Vote vote:
                to.Take(new QuorumInput.VoteRequested(from.Key, vote.Epoch, vote.LogEnd, vote.IsPreVote));
                break;
            case QuorumMessage.VoteReply reply:
                to.Take(new QuorumInput.VoteAnswered(
                    sender, reply.Epoch, reply.Leader, reply.IsGranted, reply.IsPreVote));
                break;
            case QuorumMessage.BeginEpoch begin:
                to.Take(new QuorumInput.EpochBegun(sender, begin.Epoch));
                break;
            case QuorumMessage.EndEpoch end:
                to.Take(new QuorumInput.EpochEnded(sender, end.Epoch, end.FirstSuccessor == to.Key.Id));
                break;
            case QuorumMessage.Fetch fetch:
                _fetchStart = fetch.LogEnd.EndOffset;
                to.Take(new QuorumInput.FetchRequested(from.Key, fetch.Epoch, fetch.LogEnd));
                break;
            case QuorumMessage.FetchReply reply:
                to.TakeFetchReply(sender, reply, start, records);
                break;
        }
    }
}
