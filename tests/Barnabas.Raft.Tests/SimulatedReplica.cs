using Barnabas.Kernel;

using Barnabas.Simulation;
namespace Barnabas.Raft.Tests;

/// <summary>A replica with a log in memory: the driver of a core, as small as it can be.</summary>
internal sealed class SimulatedReplica : IQuorumLog
{
    private readonly SimulatedQuorum _quorum;
    private readonly SimulatedRandom _entropy;
    private ElectionState? _saved;
    private int _synced;

    public SimulatedReplica(SimulatedQuorum quorum, int id, ulong seed)
    {
        _quorum = quorum;
        _entropy = new SimulatedRandom(seed);
        Key = new ReplicaKey(new BrokerId(id), new Uuid(7, id));
        Core = null!;
    }

    public ReplicaKey Key { get; }

    public QuorumCore Core { get; private set; }

    /// <summary>The epoch and the content of each record.</summary>
    public List<(int Epoch, int Value)> Log { get; private set; } = [];

    public MonotonicTime Deadline { get; private set; }

    public LogPosition End => new(Log.Count == 0 ? 0 : Log[^1].Epoch, Log.Count);

    public LogPosition EndOfEpoch(int epoch)
    {
        int end = Log.Count;
        while (end > 0 && Log[end - 1].Epoch > epoch)
        {
            end--;
        }

        return new LogPosition(end == 0 ? 0 : Log[end - 1].Epoch, end);
    }

    /// <summary>A start of the process; what was not synced is lost.</summary>
    public void Start()
    {
        Log = Log[.._synced];
        Core = new QuorumCore(new QuorumOptions { Self = Key }, _quorum.Voters, this, _entropy)
        {
            Transitioned = _quorum.OnTransition,
        };
        CarryOut(Core.Start(_saved, _quorum.Now));
    }

    public void Take(QuorumInput input) => CarryOut(Core.Step(input, _quorum.Now));

    public void Append(int value) => Log.Add((Core.Epoch, value));

    public void Flush()
    {
        _synced = Log.Count;
        Take(new QuorumInput.Flushed(_synced));
    }

    /// <summary>The answer of a leader, with the records it sent.</summary>
    public void TakeFetchReply(BrokerId from, QuorumMessage.FetchReply reply, long start, List<(int, int)> records)
    {
        // What was asked before the log changed is void.
        if (Core.Role == QuorumRole.Follower && Core.Leader == from && reply.Epoch == Core.Epoch && start == Log.Count)
        {
            Log.AddRange(records);
            _synced = Log.Count;
        }
        else if (reply.Diverging is not null && start != Log.Count)
        {
            return;
        }

        Take(new QuorumInput.FetchAnswered(from, reply.Epoch, reply.Leader, reply.HighWatermark, reply.Diverging));
    }

    private void CarryOut(QuorumStep step)
    {
        _saved = step.Save ?? _saved;
        if (step.TruncateTo is { } end)
        {
            Log.RemoveRange((int)end, Log.Count - (int)end);
            _synced = Math.Min(_synced, Log.Count);
        }

        if (step.BecameLeader)
        {
            _quorum.OnLeader(this);
            Append(value: -1);
        }

        foreach (QuorumMessage message in step.Messages)
        {
            _quorum.Send(this, message);
        }

        Deadline = step.Deadline;
        _quorum.OnHighWatermark(this);
    }
}
