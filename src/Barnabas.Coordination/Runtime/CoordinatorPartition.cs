using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Coordination;

/// <summary>
/// One partition of a coordinator's topic: the life of its shard, and the way of a write through it. Pure: told the
/// time, given a log, never waiting.
/// </summary>
/// <remarks>
/// <code>
/// NotOwned --leadership gained--> Loading   Loading --log replayed--> Active
/// Loading --log unreadable------> Failed    Active --invariant broke-> Failed
/// Failed --leadership gained----> Loading   Active --newer epoch-----> Closing
/// Loading, Active, Failed --leadership lost--> Closing --parked answered--> NotOwned
/// </code>
/// Offsets: <c>lastCommitted &lt;= lastWritten</c>; each parked completion has <c>lastCommitted &lt; offset &lt;=
/// lastWritten</c>, and they stand in the order of their offsets. While Active the registry has a snapshot at
/// <c>lastWritten</c> and one at <c>committedEpoch &lt;= lastCommitted</c>.
/// </remarks>
internal sealed class CoordinatorPartition<TShard>
    where TShard : class, ICoordinatorShard
{
    private readonly CoordinatorSettings<TShard> _settings;
    private readonly CoordinatorWheel _wheel;
    private readonly Queue<Parked> _parked = new();
    private readonly ReplicationTimer _replicationTimer;
    private SnapshotRegistry _registry = new();
    private CoordinatorTimers? _timers;
    private TShard? _shard;
    private long _lastWritten;
    private long _lastCommitted;
    private long _committedEpoch;

    public CoordinatorPartition(int index, CoordinatorSettings<TShard> settings, CoordinatorWheel wheel)
    {
        Index = index;
        _settings = settings;
        _wheel = wheel;
        _replicationTimer = new ReplicationTimer(this);
    }

    /// <summary>The legal moves; the table above in data, which a test compares with what the code does.</summary>
    public static IReadOnlyList<(CoordinatorPartitionState From, CoordinatorPartitionState To)> Moves { get; } =
    [
        (CoordinatorPartitionState.NotOwned, CoordinatorPartitionState.Loading),
        (CoordinatorPartitionState.Loading, CoordinatorPartitionState.Active),
        (CoordinatorPartitionState.Loading, CoordinatorPartitionState.Failed),
        (CoordinatorPartitionState.Active, CoordinatorPartitionState.Failed),
        (CoordinatorPartitionState.Failed, CoordinatorPartitionState.Loading),
        (CoordinatorPartitionState.Loading, CoordinatorPartitionState.Closing),
        (CoordinatorPartitionState.Active, CoordinatorPartitionState.Closing),
        (CoordinatorPartitionState.Failed, CoordinatorPartitionState.Closing),
        (CoordinatorPartitionState.Closing, CoordinatorPartitionState.NotOwned),
    ];

    public int Index { get; }

    public CoordinatorPartitionState State { get; private set; } = CoordinatorPartitionState.NotOwned;

    public LeaderEpoch Epoch { get; private set; } = LeaderEpoch.None;

    /// <summary>Where loading goes on.</summary>
    public Offset LoadPosition => new(_lastWritten);

    /// <summary>The shard while there is one to ask; for tests and counters.</summary>
    public TShard? Shard => _shard;

    public int ParkedCount => _parked.Count;

    private CoordinatorTime Now => _settings.Turn.Now;

    /// <summary>Starts loading for a new epoch; false if that epoch, or a later one, is known already.</summary>
    public bool GainLeadership(LeaderEpoch epoch)
    {
        if (epoch <= Epoch && State != CoordinatorPartitionState.NotOwned)
        {
            return false;
        }

        if (epoch < Epoch)
        {
            return false;
        }

        if (State is CoordinatorPartitionState.Active or CoordinatorPartitionState.Loading)
        {
            // Led without a break, but another leader may have written in between: only the log knows.
            Close();
        }

        Epoch = epoch;
        _registry = new SnapshotRegistry();
        _timers = new CoordinatorTimers(_wheel, Expire);
        _shard = _settings.NewShard(new CoordinatorShardContext(Index, _registry, _timers));
        _lastWritten = 0;
        _lastCommitted = 0;
        _committedEpoch = 0;
        Move(CoordinatorPartitionState.Loading, $"leader of epoch {epoch}");
        return true;
    }

    /// <summary>Ends it, unless a later leadership of this node has begun meanwhile.</summary>
    public void LoseLeadership(LeaderEpoch epoch)
    {
        if (State == CoordinatorPartitionState.NotOwned || epoch < Epoch)
        {
            return;
        }

        Close();
        Epoch = epoch;
    }

    /// <summary>Replays a piece of the log. True if there is more to load.</summary>
    public bool Load(CoordinatorRead read, ReadOnlySpan<byte> batches)
    {
        Invariant.That(State == CoordinatorPartitionState.Loading);
        if (read.Error != ErrorCode.None)
        {
            Fail(ErrorCode.NotCoordinator, $"its log cannot be read: {read.Error}");
            return false;
        }

        string? damage = null;
        foreach (RecordBatch batch in new RecordBatchIterator(batches))
        {
            // The committed state ends at the high watermark: readers see the snapshot taken just before it was passed.
            if (batch.BaseOffset.Value >= read.HighWatermark.Value && _registry.Count == 0)
            {
                _registry.Take(Math.Max(0, read.HighWatermark.Value));
            }

            damage = _settings.Replay.Replay(_shard!, batch);
            if (damage is not null)
            {
                break;
            }

            _lastWritten = batch.NextOffset.Value;
        }

        if (damage is not null)
        {
            Fail(ErrorCode.NotCoordinator, damage);
            return false;
        }

        if (_lastWritten < read.LogEndOffset.Value && read.Count > 0)
        {
            return true;
        }

        Activate(read);
        return false;
    }

    /// <summary>Runs a request, or refuses it.</summary>
    public void Execute(CoordinatorCall<TShard> call)
    {
        if (State != CoordinatorPartitionState.Active)
        {
            call.Refuse(State == CoordinatorPartitionState.Loading
                ? ErrorCode.CoordinatorLoadInProgress
                : ErrorCode.NotCoordinator);
            return;
        }

        try
        {
            Write(call.Ask(_shard!, Now, _committedEpoch));
        }
        catch (Exception broken) when (State == CoordinatorPartitionState.Active && broken is not ProcessEndException)
        {
            // The shard may be half changed. Its state is thrown away; the log is the truth.
            Fail(ErrorCode.NotCoordinator, $"a request broke it: {broken.Message}");
            call.Refuse(ErrorCode.UnknownServerError);
        }
    }

    /// <summary>Completes what the high watermark has passed.</summary>
    public void OnHighWatermark(LeaderEpoch epoch, Offset highWatermark)
    {
        if (State == CoordinatorPartitionState.Active && epoch == Epoch)
        {
            Commit(highWatermark.Value);
        }
    }

    private void Activate(CoordinatorRead read)
    {
        // Compaction may have taken the last records away: the log ends beyond the last batch.
        _lastWritten = Math.Max(_lastWritten, read.LogEndOffset.Value);
        _lastCommitted = Math.Clamp(read.HighWatermark.Value, 0, _lastWritten);
        if (_registry.Count == 0)
        {
            _registry.Take(_lastCommitted);
        }

        _registry.Take(_lastWritten);
        _committedEpoch = _registry.NewestUpTo(_lastCommitted);
        _registry.ForgetBefore(_committedEpoch);

        Move(CoordinatorPartitionState.Active, $"replayed its log up to offset {_lastWritten}");
        try
        {
            _shard!.OnLoaded(Now);
        }
        catch (InvariantBrokenException broken)
        {
            Fail(ErrorCode.NotCoordinator, broken.Message);
        }
    }

    private void Expire(CoordinatorTimer timer)
    {
        if (State != CoordinatorPartitionState.Active)
        {
            return;
        }

        try
        {
            Write(timer.Expire(Now));
        }
        catch (Exception broken) when (State == CoordinatorPartitionState.Active && broken is not ProcessEndException)
        {
            Fail(ErrorCode.NotCoordinator, $"a timer broke it: {broken.Message}");
        }
    }

    private void Write(CoordinatorResult result)
    {
        if (result.Records.Count == 0)
        {
            Park(result.Completion);
            return;
        }

        int next = 0;
        while (next < result.Records.Count)
        {
            ErrorCode error = AppendBatch(result, ref next);
            if (State != CoordinatorPartitionState.Active)
            {
                Tell(result.Completion, ErrorCode.NotCoordinator);
                return;
            }

            if (error != ErrorCode.None)
            {
                _registry.RevertTo(_lastWritten);
                Tell(result.Completion, CoordinatorErrors.FromLog(error));
                return;
            }
        }

        Park(result.Completion);
    }

    private ErrorCode AppendBatch(CoordinatorResult result, ref int next)
    {
        int limit = _settings.Log.MaxBatchBytes(Index);
        int first = next;
        Memory<byte> batch = _settings.Batches.Write(
            result.Records, ref next, result.IsAtomic, limit, Now.UnixMilliseconds);
        if (batch.IsEmpty)
        {
            return ErrorCode.RecordListTooLarge;
        }

        CoordinatorAppend append = _settings.Log.Append(Index, Epoch, batch.Span);
        if (append.Error != ErrorCode.None)
        {
            return append.Error;
        }

        Invariant.That(append.BaseOffset.Value >= _lastWritten);
        if (result.IsReplayed)
        {
            try
            {
                for (int i = first; i < next; i++)
                {
                    _shard!.Replay(append.BaseOffset + (i - first), result.Records[i]);
                }
            }
            catch (InvariantBrokenException broken)
            {
                Fail(ErrorCode.NotCoordinator, $"a record it wrote broke it: {broken.Message}");
                return ErrorCode.None;
            }
        }

        _lastWritten = append.BaseOffset.Value + (next - first);
        _registry.Take(_lastWritten);
        Commit(append.HighWatermark.Value);
        return ErrorCode.None;
    }

    private void Park(ICoordinatorCompletion? completion)
    {
        if (completion is null)
        {
            return;
        }

        if (_lastWritten <= _lastCommitted)
        {
            Tell(completion, ErrorCode.None);
            return;
        }

        MonotonicTime deadline = Now.Monotonic + _settings.CommitTimeout;
        _parked.Enqueue(new Parked(_lastWritten, completion, deadline));
        if (_parked.Count == 1)
        {
            _wheel.Arm(_replicationTimer, deadline);
        }
    }

    private void Commit(long highWatermark)
    {
        if (highWatermark <= _lastCommitted)
        {
            return;
        }

        _lastCommitted = Math.Min(highWatermark, _lastWritten);
        long epoch = _registry.NewestUpTo(_lastCommitted);
        if (epoch > _committedEpoch)
        {
            _committedEpoch = epoch;
            _registry.ForgetBefore(epoch);
        }

        while (_parked.TryPeek(out Parked parked) && parked.Offset <= _lastCommitted)
        {
            _parked.Dequeue();
            Tell(parked.Completion, ErrorCode.None);
        }

        RearmReplicationTimer();
    }

    private void GiveUpWaiting()
    {
        while (_parked.TryPeek(out Parked parked) && parked.Deadline <= Now.Monotonic)
        {
            _parked.Dequeue();
            Tell(parked.Completion, CoordinatorErrors.FromLog(ErrorCode.RequestTimedOut));
        }

        RearmReplicationTimer();
    }

    private void RearmReplicationTimer()
    {
        if (_parked.TryPeek(out Parked next))
        {
            _wheel.Arm(_replicationTimer, next.Deadline);
        }
        else
        {
            _wheel.Disarm(_replicationTimer);
        }
    }

    private void Tell(ICoordinatorCompletion? completion, ErrorCode error)
    {
        try
        {
            completion?.Complete(error, Now);
        }
        catch (InvariantBrokenException broken) when (State == CoordinatorPartitionState.Active)
        {
            Fail(ErrorCode.NotCoordinator, $"a completion broke it: {broken.Message}");
        }
    }

    private void Fail(ErrorCode error, string why)
    {
        Move(CoordinatorPartitionState.Failed, why);
        Unload(error);
    }

    private void Close()
    {
        Move(CoordinatorPartitionState.Closing, "leadership ended");
        Unload(ErrorCode.NotCoordinator);
        Move(CoordinatorPartitionState.NotOwned, "nothing is parked any more");
    }

    private void Unload(ErrorCode error)
    {
        TShard? shard = _shard;
        _shard = null;
        shard?.OnUnloaded(error);
        while (_parked.TryDequeue(out Parked parked))
        {
            Tell(parked.Completion, error);
        }

        _wheel.Disarm(_replicationTimer);
    }

    private void Move(CoordinatorPartitionState to, string why)
    {
        Invariant.That(Moves.Contains((State, to)));
        CoordinatorPartitionState from = State;
        State = to;
        _settings.Events.PartitionMoved(Index, Epoch, from, to, why);
    }

    private readonly record struct Parked(long Offset, ICoordinatorCompletion Completion, MonotonicTime Deadline);

    private sealed class ReplicationTimer(CoordinatorPartition<TShard> owner) : TimerItem
    {
        public override void Fire() => owner.GiveUpWaiting();
    }
}
