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
/// shows the new image to the subscribers, and only then lets the answers go. If the append fails none of these
/// commands ever happened.
/// </remarks>
internal sealed class MetadataQuorum : IControllerChannel
{
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
    private MonotonicTime _quorumDeadline = MonotonicTime.Never;
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

    public BrokerId Leader => new(Volatile.Read(ref _leader));

    public short KRaftVersion => Volatile.Read(ref _kraftVersion);

    /// <summary>What stopped this part of the node; null while it works. The node cannot go on without it.</summary>
    public Action<Exception>? Failed { get; set; }

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

        FailWaiting("The controller is shutting down.");
    }

    /// <summary>One turn of the mailbox.</summary>
    internal void Turn()
    {
        try
        {
            if (_isStopped)
            {
                FailWaiting("The controller is shutting down.");
                return;
            }

            if (!_isStarted)
            {
                Load();
            }

            if (Mailbox.Now >= _quorumDeadline)
            {
                CarryOut(_quorum.Step(new QuorumInput.TimePassed(), Mailbox.Now));
            }

            DecideAll();
            _snapshots.WriteIfDue(Image, _commits.IsInTransaction, _kraftVersion, _quorum.Voters, Now());
            ArmTimer();
        }
        catch (Exception failure) when (failure is not ProcessEndException)
        {
            // The mouth of this mailbox's loop. A node that cannot keep or follow the metadata must not go on with what
            // it has, whatever the reason: half of a turn may be done.
            _isStopped = true;
            FailWaiting(failure.Message);
            Failed?.Invoke(failure);
        }
    }

    private long Now() => _seams.Time.UnixMilliseconds;

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
        Publish(start, delta);

        var self = new ReplicaKey(_options.Controller.NodeId, _directory.Id);
        var quorumOptions = new QuorumOptions
        {
            Self = self,
            ElectionTimeout = _options.ElectionTimeout,
            FetchTimeout = _options.FetchTimeout,
        };
        _quorum = new QuorumCore(quorumOptions, voters, _log, _seams.Entropy);
        _isStarted = true;
        CarryOut(_quorum.Start(_log.LoadState(), Mailbox.Now));
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

    private void CarryOut(QuorumStep step)
    {
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
            FailUndecided(ErrorCode.NotController, "This node is not the active controller any more.");
        }

        _quorumDeadline = step.Deadline;
        Volatile.Write(ref _leader, _quorum.Leader.Value);
        if (step.BecameLeader)
        {
            BeginEpoch(step.GrantingVoters);
        }

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
        AppendResult appended = _log.Append(batch, _quorum.Epoch, Now());
        if (appended.Error != ErrorCode.None)
        {
            throw new LogDirectoryException($"The leader's first record cannot be written: {appended.Message}");
        }

        _commits.Add(new RecordBatch(batch), []);
        _votersAreInLog |= mustWrite;
        Require(_log.Flush());
        CarryOut(_quorum.Step(new QuorumInput.Flushed(_log.EndOffset), Mailbox.Now));
        if (mustWrite)
        {
            CarryOut(_quorum.Step(new QuorumInput.VotersChanged(voters), Mailbox.Now));
        }

        Commit();
        ControllerStep first = _controller.Activate(
            _commits.Replay, _quorum.Epoch, _log.EndOffset, _bootstrap, Mailbox.Now);
        AppendSteps([(first, null)]);
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

        AppendSteps(steps);
        if (Mailbox.Now >= _controller.NextDeadline())
        {
            // One thing per tick, and each may call for the next. What cannot be appended would come again at once.
            ControllerStep tick;
            do
            {
                tick = _controller.Tick(Mailbox.Now);
            }
            while (tick.Records.Count > 0 && AppendSteps([(tick, null)]));
        }
    }

    /// <summary>False if the log did not take the records: then nothing of these steps has happened.</summary>
    private bool AppendSteps(List<(ControllerStep Step, PendingCommand? Command)> steps)
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

        if (offset > _log.EndOffset && !TryAppend(steps))
        {
            return false;
        }

        Commit();
        return true;
    }

    private bool TryAppend(List<(ControllerStep Step, PendingCommand? Command)> steps)
    {
        AppendResult appended = _log.Append(_assembler.Bytes, _quorum.Epoch, Now());
        if (appended.Error != ErrorCode.None)
        {
            // A full disk: nothing of this turn happened, and the next command may find room again.
            _controller.Revert(_commits.Replay.Image, _log.EndOffset);
            FailUndecided(ErrorCode.KafkaStorageError, appended.Message ?? "The metadata log takes no records.");
            return false;
        }

        foreach ((ControllerStep step, PendingCommand? _) in steps)
        {
            _commits.Add(step.Records, _quorum.Epoch, Now());
        }

        Require(_log.Flush());
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

    private void FailUndecided(ErrorCode error, string message)
    {
        foreach ((PendingCommand command, long _) in _undecided)
        {
            command.Fail(error, message);
        }

        _undecided.Clear();
    }

    private void FailWaiting(string message)
    {
        FailUndecided(ErrorCode.NotController, message);
        while (_inbox.TryDequeue(out PendingCommand pending))
        {
            Interlocked.Decrement(ref _waiting);
            pending.Fail(ErrorCode.NotController, message);
        }
    }

    private static void Require(ErrorCode flushed)
    {
        if (flushed != ErrorCode.None)
        {
            // After a failed sync nothing is known about what the device holds.
            throw new LogDirectoryException($"The metadata log cannot be made durable: {flushed}.");
        }
    }

    private void ArmTimer()
    {
        MonotonicTime next = _controller.NextDeadline();
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
