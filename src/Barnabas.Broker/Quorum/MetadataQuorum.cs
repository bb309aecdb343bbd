using System.Collections.Concurrent;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Raft;
using Barnabas.Records;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// Drives this node's part in the metadata: the quorum, the controller when this node leads, and the images that the
/// node's other parts act on. All of it on one blocking mailbox; <see cref="Submit"/> and <see cref="Image"/> from any
/// thread.
/// </summary>
/// <remarks>
/// A turn takes all waiting commands, decides them one after the other, appends their records in one write, syncs once,
/// shows the new image to the subscribers, and only then lets the answers go. If there is no room for the append none
/// of these commands ever happened, and they are told so with a retriable error; all else about the node goes on.
/// </remarks>
internal sealed class MetadataQuorum : IControllerChannel
{
    /// <summary>Between two tries of what this node itself wants to write and found no room for.</summary>
    private static readonly TimeSpan RoomRetryInterval = TimeSpan.FromSeconds(1);

    private readonly MetadataQuorumOptions _options;
    private readonly NodeSeams _seams;
    private readonly LogDirectory _directory;
    private readonly ControllerCore _controller;
    private readonly List<IMetadataSubscriber> _subscribers = [];
    private readonly ConcurrentQueue<PendingCommand> _inbox = new();
    private readonly List<(PendingCommand Command, long EndOffset)> _undecided = [];
    private readonly BatchAssembler _assembler = new();
    private readonly QuorumTurn _turn;
    private readonly QuorumTimer _timer;
    private MetadataLog _log = null!;
    private QuorumCore _quorum = null!;
    private MetadataCommits _commits = null!;
    private MetadataSnapshots _snapshots = null!;
    private BootstrapMetadata _bootstrap = BootstrapMetadata.Default;
    private MetadataImage _image = MetadataImage.Empty;
    private short _kraftVersion;
    private bool _votersAreInLog;
    private QuorumStep? _interrupted;
    private MonotonicTime _quorumDeadline = MonotonicTime.Never;
    private MonotonicTime? _roomRetry;
    private int _leader = BrokerId.None.Value;
    private int _waiting;
    private bool _isStarted;
    private bool _isStopped;

    public MetadataQuorum(
        MetadataQuorumOptions options,
        NodeSeams seams,
        LogDirectory directory,
        IConfigValidation configs)
    {
        _options = options;
        _seams = seams;
        _directory = directory;
        _controller = new ControllerCore(options.Controller, configs, seams.Entropy);
        Mailbox = seams.Scheduler.CreateBlockingMailbox("metadata", threads: 1);
        _turn = new QuorumTurn(this);
        _timer = new QuorumTimer(this);
    }

    /// <summary>Everything here runs on it; work that must see metadata in order may be posted to it.</summary>
    public IMailbox Mailbox { get; }

    /// <summary>The newest committed state.</summary>
    public MetadataImage Image => Volatile.Read(ref _image);

    /// <summary>True while this node is the active controller. From the mailbox.</summary>
    public bool IsActiveController => _controller.IsActive;

    /// <summary>The quorum's view, for DescribeQuorum. From the mailbox, after the start.</summary>
    public QuorumCore Quorum => _quorum;

    /// <summary>
    /// From any thread, and therefore of moments that may lie apart; null before the log is loaded.
    /// </summary>
    public QuorumFigures? Figures => Volatile.Read(ref _isStarted)
        ? new QuorumFigures(
            _quorum.Role, _leader, _quorum.Epoch, _quorum.HighWatermark, _log.EndOffset, _controller.IsActive)
        : null;

    public BrokerId Leader => new(Volatile.Read(ref _leader));

    public short KRaftVersion => Volatile.Read(ref _kraftVersion);

    /// <summary>What stopped this part of the node; null while it works. The node cannot go on without it.</summary>
    public Action<Exception>? Failed { get; set; }

    /// <summary>
    /// The log finds no room, with the reason; null when it takes records again. Told once for each.
    /// </summary>
    public Action<string?>? RoomChanged { get; set; }

    /// <summary>Before <see cref="Start"/>, or on the mailbox.</summary>
    public void Subscribe(IMetadataSubscriber subscriber) => _subscribers.Add(subscriber);

    /// <summary>Loads snapshot and log and joins the quorum, on the mailbox.</summary>
    public void Start() => Mailbox.Post(_turn);

    /// <summary>
    /// Has a command decided. <paramref name="whenDone"/> runs on <paramref name="mailbox"/> once the command holds its
    /// answer: its records are committed and the subscribers have acted on them, or it has failed.
    /// </summary>
    public void Submit(ControllerCommand command, WorkItem whenDone, IMailbox mailbox)
    {
        var pending = new PendingCommand(command, whenDone, mailbox);
        if (Interlocked.Increment(ref _waiting) > _options.CommandsMax)
        {
            Interlocked.Decrement(ref _waiting);
            pending.Fail(ErrorCode.RequestTimedOut, "The controller has too many commands waiting.");
            return;
        }

        _inbox.Enqueue(pending);
        Mailbox.Post(_turn);
    }

    /// <summary>Leaves the quorum; commands fail from now on. On the mailbox.</summary>
    public void Stop()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        Mailbox.Disarm(_timer);
        if (_isStarted && _quorum.Role == QuorumRole.Leader)
        {
            CarryOut(_quorum.Step(new QuorumInput.ShuttingDown(), Mailbox.Now));
        }

        FailWaiting(ErrorCode.NotController, "The controller is shutting down.");
    }

    /// <summary>One turn of the mailbox.</summary>
    internal void Turn()
    {
        try
        {
            if (_isStopped)
            {
                FailWaiting(ErrorCode.NotController, "The controller is shutting down.");
                return;
            }

            if (TryTakePart())
            {
                DecideAll();
                _snapshots.WriteIfDue(
                    Image, _commits.IsInTransaction, _kraftVersion, _quorum.Voters, Now(), Mailbox.Now);
            }

            ArmTimer();
        }
        catch (Exception failure) when (failure is not ProcessEndException)
        {
            // The mouth of this mailbox's loop. A node that cannot keep or follow the metadata must not go on with what
            // it has, whatever the reason: half of a turn may be done.
            _isStopped = true;
            FailWaiting(ErrorCode.NotController, failure.Message);
            Failed?.Invoke(failure);
        }
    }

    private long Now() => _seams.Time.UnixMilliseconds;

    /// <summary>
    /// Loads the log and does what the quorum asks of this node. False if a full disk was in the way: commands are
    /// refused, and a later turn goes on where this one ended.
    /// </summary>
    private bool TryTakePart()
    {
        try
        {
            if (!_isStarted)
            {
                Load();
            }

            if (_interrupted is { } step)
            {
                CarryOut(step);
            }

            if (Mailbox.Now >= _quorumDeadline)
            {
                CarryOut(_quorum.Step(new QuorumInput.TimePassed(), Mailbox.Now));
            }

            if (_quorum.Role == QuorumRole.Leader && !_controller.IsActive)
            {
                Activate();
            }

            return true;
        }
        catch (DiskException full) when (full.MayPass)
        {
            OnNoRoom(full);
            FailWaiting(ErrorCode.KafkaStorageError, full.Message);
            return false;
        }
    }

    private void OnNoRoom(DiskException full)
    {
        if (_roomRetry is null)
        {
            RoomChanged?.Invoke(full.Message);
        }

        _roomRetry = Mailbox.Now + RoomRetryInterval;
    }

    /// <summary>Throws a passing <see cref="DiskException"/> if there is no room; then nothing was appended.</summary>
    private void Append(ReadOnlySpan<byte> batches, bool durable = true)
    {
        _log.Append(batches, _quorum.Epoch, Now(), durable);
        if (_roomRetry is not null)
        {
            _roomRetry = null;
            RoomChanged?.Invoke(null);
        }
    }

    // ---- Start

    private void Load()
    {
        var config = LogConfig.Default with
        {
            SegmentBytes = _options.SegmentBytes,
            SegmentMs = (long)_options.SegmentAge.TotalMilliseconds,
            // Only snapshots take anything away from this log.
            RetentionBytes = -1,
            RetentionMs = -1,
        };
        _log = MetadataLog.Open(_seams.Disk, _directory, config, Now());
        _snapshots = new MetadataSnapshots(_seams.Disk, _log, _options, Now());
        (MetadataImage start, MetadataDelta delta) = LoadSnapshots(out VoterSet? voters);
        _commits = new MetadataCommits(start);
        voters = LoadLog(start.Offset + 1) ?? voters ?? _options.StaticVoters ?? VoterSet.Empty;
        ElectionState? saved = _log.LoadState();

        var self = new ReplicaKey(_options.Controller.NodeId, _directory.Id);
        if (!voters.IsOnlyVoter(self))
        {
            throw new UnservedQuorumException(self, voters);
        }

        var quorumOptions = new QuorumOptions
        {
            Self = self,
            ElectionTimeout = _options.ElectionTimeout,
            FetchTimeout = _options.FetchTimeout,
        };
        _quorum = new QuorumCore(quorumOptions, voters, _log, _seams.Entropy);
        // From here on nothing needs the disk: what came before may have been tried more than once.
        Volatile.Write(ref _isStarted, true);
        Publish(start, delta);
        _interrupted = _quorum.Start(saved, Mailbox.Now);
    }

    private (MetadataImage Image, MetadataDelta Delta) LoadSnapshots(out VoterSet? voters)
    {
        voters = null;
        _bootstrap = BootstrapFiles.Load(_seams.Disk, _directory.Path, _log);
        if (_log.LatestSnapshot is not { } latest)
        {
            return (MetadataImage.Empty, new MetadataDelta(MetadataImage.Empty));
        }

        var sink = new MetadataSink();
        SnapshotReader.Read(_seams.Disk, _log.PathOf(latest), sink);
        _kraftVersion = sink.KRaftVersion ?? 0;
        voters = sink.Voters;
        // The bootstrap snapshot is no state: its records are written into the log by the first controller.
        _votersAreInLog = latest.EndOffset > 0 && voters is not null;
        return latest.EndOffset == 0
            ? (MetadataImage.Empty, new MetadataDelta(MetadataImage.Empty))
            : MetadataSnapshots.Replay(latest, sink);
    }

    private VoterSet? LoadLog(long from)
    {
        VoterSet? voters = null;
        _log.Read(Math.Max(from, _log.StartOffset), batch =>
        {
            var sink = new MetadataSink();
            RecordBatches.Read(batch, sink);
            _kraftVersion = sink.KRaftVersion ?? _kraftVersion;
            voters = sink.Voters ?? voters;
            _votersAreInLog |= sink.Voters is not null;
            _commits.Add(batch, sink.Records);
        });
        return voters;
    }

    // ---- Quorum

    /// <summary>If a full disk interrupts it, it is to be carried out again, from its beginning.</summary>
    private void CarryOut(QuorumStep step)
    {
        _interrupted = step;
        if (step.Save is { } state)
        {
            _log.SaveState(state, _kraftVersion, _quorum.Voters);
        }

        if (step.TruncateTo is { } end)
        {
            _log.TruncateTo(end, Now());
            _commits.TruncateTo(end);
        }

        if (step.LostLeadership && _controller.IsActive)
        {
            _controller.Deactivate();
            FailUndecided(-1, ErrorCode.NotController, "This node is not the active controller any more.");
        }

        _quorumDeadline = step.Deadline;
        Volatile.Write(ref _leader, _quorum.Leader.Value);
        if (step.BecameLeader)
        {
            BeginEpoch(step.GrantingVoters);
        }

        _interrupted = null;

        // Messages to other voters leave through the controller listener; an only voter has none to send.
        Invariant.That(step.Messages.Count == 0);
    }

    private void BeginEpoch(IReadOnlyList<BrokerId> granting)
    {
        VoterSet voters = VotersToWrite(out bool mustWrite);
        long at = _log.EndOffset;
        byte[] batch = ControlBatches.LeaderChange(
            at,
            _quorum.Epoch,
            Now(),
            _options.Controller.NodeId,
            voters,
            granting,
            mustWrite ? _kraftVersion : null);
        Append(batch);
        _commits.Add(new RecordBatch(batch), []);
        _votersAreInLog |= mustWrite;
        CarryOut(_quorum.Step(new QuorumInput.Flushed(_log.EndOffset), Mailbox.Now));
        if (mustWrite)
        {
            CarryOut(_quorum.Step(new QuorumInput.VotersChanged(voters), Mailbox.Now));
        }

        Commit();
    }

    private void Activate()
    {
        ControllerStep first = _controller.Activate(
            _commits.Replay, _quorum.Epoch, _log.EndOffset, _bootstrap, Mailbox.Now);
        if (!TryAppendSteps([(first, null)]))
        {
            // Without its first records there is no controller yet.
            _controller.Deactivate();
        }
    }

    // KIP-853: the voters of the bootstrap snapshot go into the log with the first leader, and again when the leader's
    // own endpoint is another one than they say.
    private VoterSet VotersToWrite(out bool mustWrite)
    {
        VoterSet voters = _quorum.Voters;
        mustWrite = _kraftVersion > 0 && !_votersAreInLog;
        if (_kraftVersion > 0
            && _options.OwnEndpoint is { } endpoint
            && voters.Find(_options.Controller.NodeId) is { } self
            && !self.Endpoints.Contains(endpoint))
        {
            mustWrite = true;
            voters = voters.WithUpdated(self with { Endpoints = [endpoint] });
        }

        return voters;
    }

    // ---- Commands

    private void DecideAll()
    {
        var steps = new List<(ControllerStep Step, PendingCommand? Command)>();
        while (_inbox.TryDequeue(out PendingCommand pending))
        {
            Interlocked.Decrement(ref _waiting);
            steps.Add((_controller.Step(pending.Command, Mailbox.Now), pending));
        }

        TryAppendSteps(steps);
        if (Mailbox.Now >= NextTick())
        {
            // One thing per tick, and each may call for the next. What finds no room comes again, but not at once.
            _roomRetry = _roomRetry is null ? null : Mailbox.Now + RoomRetryInterval;
            ControllerStep tick;
            do
            {
                tick = _controller.Tick(Mailbox.Now);
            }
            while (tick.Records.Count > 0 && TryAppendSteps([(tick, null)]));
        }
    }

    private MonotonicTime NextTick() => _roomRetry ?? _controller.NextDeadline();

    /// <summary>False if the log has no room for the records: then nothing of these steps has happened.</summary>
    private bool TryAppendSteps(List<(ControllerStep Step, PendingCommand? Command)> steps)
    {
        _assembler.Clear();
        long offset = _log.EndOffset;
        foreach ((ControllerStep step, PendingCommand? command) in steps)
        {
            if (step.Records.Count > 0)
            {
                // An atomic step has a limit of records far below what a batch holds.
                bool fits = _assembler.TryAdd(step, offset, _quorum.Epoch, Now());
                Invariant.That(fits);
                offset += step.Records.Count;
            }

            if (command is { } pending)
            {
                _undecided.Add((pending, offset));
            }
        }

        bool appended = offset == _log.EndOffset || TryAppend(steps);
        Commit();
        return appended;
    }

    private bool TryAppend(List<(ControllerStep Step, PendingCommand? Command)> steps)
    {
        try
        {
            // A sync is a commit of the file system's journal, and appends to other logs wait behind it: not twice a
            // second for records that say nothing. To lose them with the power changes no state, and the next leader
            // gives their offsets away again, which nobody notices while no other node reads this log.
            bool saysNothing = steps.TrueForAll(static one => one.Step.SaysNothing);
            Append(_assembler.Bytes, durable: !saysNothing || _quorum.Voters.Count > 1);
        }
        catch (DiskException full) when (full.MayPass)
        {
            _controller.Revert();
            FailUndecided(_log.EndOffset, ErrorCode.KafkaStorageError, full.Message);
            OnNoRoom(full);
            return false;
        }

        _controller.OnAppended();
        foreach ((ControllerStep step, PendingCommand? _) in steps)
        {
            _commits.Add(step.Records, _quorum.Epoch, Now());
        }

        CarryOut(_quorum.Step(new QuorumInput.Flushed(_log.EndOffset), Mailbox.Now));
        return true;
    }

    private void Commit()
    {
        long highWatermark = Math.Max(0, _quorum.HighWatermark);
        _log.UpdateHighWatermark(highWatermark);
        if (_commits.Advance(highWatermark) is { } delta)
        {
            Publish(_commits.Replay.Image, delta);
            _controller.OnCommitted(_commits.Replay.Image);
        }

        int done = 0;
        while (done < _undecided.Count && _undecided[done].EndOffset <= highWatermark)
        {
            _undecided[done++].Command.Complete();
        }

        _undecided.RemoveRange(0, done);
    }

    private void Publish(MetadataImage image, MetadataDelta delta)
    {
        foreach (IMetadataSubscriber subscriber in _subscribers)
        {
            subscriber.Apply(image, delta);
        }

        Volatile.Write(ref _image, image);
    }

    /// <summary>Fails the commands whose decision rests on records beyond this end of the log.</summary>
    private void FailUndecided(long end, ErrorCode error, string message)
    {
        foreach ((PendingCommand command, long endOffset) in _undecided)
        {
            if (endOffset > end)
            {
                command.Fail(error, message);
            }
        }

        _undecided.RemoveAll(undecided => undecided.EndOffset > end);
    }

    private void FailWaiting(ErrorCode error, string message)
    {
        FailUndecided(-1, error, message);
        while (_inbox.TryDequeue(out PendingCommand pending))
        {
            Interlocked.Decrement(ref _waiting);
            pending.Fail(error, message);
        }
    }

    private void ArmTimer()
    {
        MonotonicTime next = NextTick();
        next = _quorumDeadline < next ? _quorumDeadline : next;
        if (next < MonotonicTime.Never)
        {
            TimeSpan delay = next - Mailbox.Now;
            Mailbox.Arm(_timer, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        }
    }

    private sealed class QuorumTurn(MetadataQuorum owner) : WorkItem
    {
        public override void Run() => owner.Turn();
    }

    private sealed class QuorumTimer(MetadataQuorum owner) : TimerItem
    {
        public override void Fire() => owner.Turn();
    }
}
