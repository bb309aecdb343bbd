using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// The controller: takes commands one by one and turns each into records of the metadata log and an answer. Pure; its
/// state is the image that its own records give, so a follower or a restart that replays the log arrives at the same.
/// </summary>
/// <remarks>
/// Life: inactive → <see cref="Activate"/> (this node leads the quorum) → <see cref="Step"/>, <see cref="Tick"/> …
/// → <see cref="Deactivate"/>. <see cref="Image"/> runs ahead of the log by what was decided since the driver's last
/// <see cref="OnAppended"/>; a failed append takes it back by <see cref="Revert"/>.
/// </remarks>
public sealed class ControllerCore
{
    private readonly ControllerOptions _options;
    private readonly IConfigValidation _configs;
    private readonly IEntropy _entropy;
    private readonly BrokerSessions _sessions;
    private MonotonicTime _lastAppend;
    private MonotonicTime _nextBalance;
    private MonotonicTime _nextUncleanElection;
    private Mark _appended;

    public ControllerCore(ControllerOptions options, IConfigValidation configs, IEntropy entropy)
    {
        _options = options;
        _configs = configs;
        _entropy = entropy;
        _sessions = new BrokerSessions(options.BrokerSessionTimeout);
    }

    public bool IsActive { get; private set; }

    /// <summary>The state with all decided records, committed or not.</summary>
    public MetadataImage Image { get; private set; } = MetadataImage.Empty;

    /// <summary>The quorum's epoch in which this node leads.</summary>
    public int Epoch { get; private set; } = -1;

    /// <summary>The offset the next record gets.</summary>
    public long NextOffset { get; private set; }

    /// <summary>
    /// Takes over at the head of the log: <paramref name="replay"/> has replayed all of it and the leader change record
    /// that ends at <paramref name="nextOffset"/>. Gives the records that an empty log, or one with an open
    /// transaction,
    /// needs first.
    /// </summary>
    public ControllerStep Activate(
        MetadataReplay replay,
        int epoch,
        long nextOffset,
        BootstrapMetadata bootstrap,
        MonotonicTime now)
    {
        Invariant.That(!IsActive);
        Invariant.That(epoch >= replay.Image.Epoch);
        IsActive = true;
        Epoch = epoch;
        Image = replay.Image;
        NextOffset = nextOffset;
        _lastAppend = now;
        _nextBalance = now + (_options.LeaderImbalanceCheckInterval ?? TimeSpan.MaxValue);
        _nextUncleanElection = now + _options.UncleanElectionCheckInterval;
        _sessions.Clear();
        foreach (BrokerRegistration broker in Image.Brokers.Values)
        {
            BrokerSession session = _sessions.Open(broker.Id, broker.Epoch);
            // Other brokers get the benefit of the doubt for one session timeout. A broker of our own id can only be
            // the
            // former life of this process, which is over: it holds no session against its own return.
            if (!broker.Fenced && broker.Id != _options.NodeId)
            {
                session.LastContact = now;
            }
        }

        OnAppended();
        ControllerStep step = NewStep(now);
        Activation.AddRecords(step, replay.TransactionStartOffset, bootstrap);
        Accept(step, replay.TransactionStartOffset);
        return step;
    }

    /// <summary>No longer the leader: everything not committed is forgotten.</summary>
    public void Deactivate()
    {
        IsActive = false;
        Epoch = -1;
        Image = MetadataImage.Empty;
        _sessions.Clear();
    }

    /// <summary>All that was decided so far stands in the log.</summary>
    public void OnAppended() =>
        _appended = new Mark(Image, NextOffset, _lastAppend, _nextBalance, _nextUncleanElection);

    /// <summary>
    /// What is committed gave this image. If that is all that was decided, one image stays in memory instead of two
    /// that say the same.
    /// </summary>
    public void OnCommitted(MetadataImage image)
    {
        if (IsActive && image.Offset == NextOffset - 1 && _appended.NextOffset == NextOffset)
        {
            Image = image;
            _appended = _appended with { Image = image };
        }
    }

    /// <summary>
    /// The driver could not append what was decided since <see cref="OnAppended"/>: those decisions never happened, and
    /// what time demanded is due again.
    /// </summary>
    public void Revert()
    {
        Invariant.That(IsActive && _appended.NextOffset <= NextOffset);
        (Image, NextOffset, _lastAppend, _nextBalance, _nextUncleanElection) = _appended;
    }

    /// <summary>
    /// Decides on a command. The command holds its answer afterwards; the records are part of <see cref="Image"/>
    /// already.
    /// </summary>
    public ControllerStep Step(ControllerCommand command, MonotonicTime now)
    {
        ControllerStep step = NewStep(now);
        if (!IsActive)
        {
            command.Fail(ErrorCode.NotController, "This node is not the active controller.");
            return step;
        }

        try
        {
            command.Decide(step);
        }
        catch (ControllerException refusal)
        {
            step.TruncateTo(0);
            command.Fail(refusal.Error, refusal.Message);
        }

        Accept(step);
        command.Decided(step, NextOffset - 1);
        return step;
    }

    /// <summary>
    /// Does what time alone demands, one thing per call: fences a silent broker, elects, keeps an idle log alive. Call
    /// again until it gives no records, then not before <see cref="NextDeadline"/>.
    /// </summary>
    public ControllerStep Tick(MonotonicTime now)
    {
        ControllerStep step = NewStep(now);
        if (!IsActive || Image.Version is null)
        {
            return step;
        }

        step.IsAtomic = false;
        if (_sessions.FindExpired(Image, now) is { } silent)
        {
            BrokerChanges.AddFencing(step, silent);
        }
        else if (now >= _nextBalance)
        {
            _nextBalance = now + (_options.LeaderImbalanceCheckInterval ?? TimeSpan.MaxValue);
            Elections.AddPreferred(step);
        }
        else if (now >= _nextUncleanElection)
        {
            _nextUncleanElection = now + _options.UncleanElectionCheckInterval;
            Elections.AddUnclean(step);
        }
        else if (_options.IdleIntervalMax > TimeSpan.Zero && now - _lastAppend >= _options.IdleIntervalMax)
        {
            step.Add(new NoOpRecord(), 0);
        }

        Accept(step);
        return step;
    }

    /// <summary>When <see cref="Tick"/> has something to do at the latest.</summary>
    public MonotonicTime NextDeadline()
    {
        if (!IsActive)
        {
            return MonotonicTime.Never;
        }

        MonotonicTime next = _sessions.NextExpiry(Image);
        next = Earlier(next, _nextBalance);
        next = Earlier(next, _nextUncleanElection);
        return _options.IdleIntervalMax > TimeSpan.Zero ? Earlier(next, _lastAppend + _options.IdleIntervalMax) : next;
    }

    private static MonotonicTime Earlier(MonotonicTime one, MonotonicTime other) => one <= other ? one : other;

    private ControllerStep NewStep(MonotonicTime now) =>
        new(Image, NextOffset, now, _options, _configs, _entropy, _sessions);

    private void Accept(ControllerStep step, long openTransaction = -1)
    {
        if (step.RecordCount == 0)
        {
            return;
        }

        // The same replay that followers and restarts use; a record that it would refuse is never appended. The wall
        // clock does not come in here: the time stamp of the uncommitted image is never read.
        var replay = new MetadataReplay(Image.At(NextOffset - 1, Epoch), openTransaction);
        foreach (MessageAndVersion record in step.Records)
        {
            replay.Replay(record.Message, NextOffset, Epoch, timestampMs: -1);
            NextOffset++;
        }

        Invariant.That(replay.Publish() is not null);
        Image = replay.Image;
        _lastAppend = step.Now;
    }

    /// <summary>What follows from records. What brokers said (<see cref="BrokerSessions"/>) does not.</summary>
    private readonly record struct Mark(
        MetadataImage Image,
        long NextOffset,
        MonotonicTime LastAppend,
        MonotonicTime NextBalance,
        MonotonicTime NextUncleanElection);
}
