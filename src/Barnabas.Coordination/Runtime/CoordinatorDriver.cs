using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// Brings the pure runtime onto a mailbox: requests, leadership, high watermarks and timers reach it as turns, and logs
/// are read for it on a mailbox that may block, one partition after the other.
/// </summary>
/// <remarks>
/// Public methods may be called from any thread. One load buffer exists at a time, at most
/// <c>offsets.load.buffer.size</c> bytes or one batch if that is larger, and only while something is loaded.
/// </remarks>
internal sealed class CoordinatorDriver<TShard>
    where TShard : class, ICoordinatorShard
{
    // Room for a short log at once; a long one doubles it up to the limit.
    private const int FirstLoadBufferBytes = 64 * 1024;

    private readonly CoordinatorRuntime<TShard> _runtime;
    private readonly ICoordinatorLog _log;
    private readonly TimeProvider _time;
    private readonly IMailbox _mailbox;
    private readonly IMailbox _loader;
    private readonly int _loadBufferBytesMax;
    private readonly WakeTimer _wake;
    private readonly HighWatermarkItem[] _highWatermarks;
    private readonly Queue<(int Partition, LeaderEpoch Epoch)> _toLoad = new();
    private LoadItem? _loading;
    private byte[] _loadBuffer = [];
    private bool _isRunning;

    internal CoordinatorDriver(
        CoordinatorRuntime<TShard> runtime,
        ICoordinatorLog log,
        TimeProvider time,
        IMailbox mailbox,
        IMailbox loader,
        int loadBufferBytesMax)
    {
        _runtime = runtime;
        _log = log;
        _time = time;
        _mailbox = mailbox;
        _loader = loader;
        _loadBufferBytesMax = loadBufferBytesMax;
        _wake = new WakeTimer(this);
        _highWatermarks = new HighWatermarkItem[runtime.Partitions.Count];
        for (int i = 0; i < _highWatermarks.Length; i++)
        {
            _highWatermarks[i] = new HighWatermarkItem(this, i);
        }
    }

    private CoordinatorTime Now => new(_mailbox.Now, _time.UnixMilliseconds);

    /// <summary>Begins to serve; before that every request is refused with COORDINATOR_NOT_AVAILABLE.</summary>
    public void Start() => _mailbox.Post(new SwitchItem(this, on: true));

    /// <summary>Gives up every partition, answers what is parked, and refuses from then on.</summary>
    public void Stop() => _mailbox.Post(new SwitchItem(this, on: false));

    public void OnLeadershipGained(int partition, LeaderEpoch epoch) =>
        _mailbox.Post(new LeadershipItem(this, partition, epoch, gained: true));

    public void OnLeadershipLost(int partition, LeaderEpoch epoch) =>
        _mailbox.Post(new LeadershipItem(this, partition, epoch, gained: false));

    /// <summary>Calls that come faster than turns melt into one: only the latest value counts.</summary>
    public void OnHighWatermark(int partition, LeaderEpoch epoch, Offset highWatermark) =>
        _highWatermarks[partition].Post(_mailbox, epoch, highWatermark);

    public void Submit(CoordinatorCall<TShard> call)
    {
        call.Driver = this;
        _mailbox.Post(call);
    }

    /// <summary>Runs an item that will ask several shards, on the coordinator's mailbox.</summary>
    public void Submit(WorkItem item) => _mailbox.Post(item);

    /// <summary>Asks a shard. Only from the coordinator's mailbox.</summary>
    internal void Execute(CoordinatorCall<TShard> call)
    {
        if (!_isRunning)
        {
            call.Refuse(ErrorCode.CoordinatorNotAvailable);
            return;
        }

        ErrorCode error = call.Check();
        if (error != ErrorCode.None)
        {
            call.Refuse(error);
            return;
        }

        _runtime.Execute(call, Now);
        EndTurn();
    }

    private void Switch(bool on)
    {
        _isRunning = on;
        if (on)
        {
            return;
        }

        foreach (CoordinatorPartition<TShard> partition in _runtime.Partitions)
        {
            _runtime.LoseLeadership(partition.Index, partition.Epoch, Now);
        }

        _toLoad.Clear();
        _mailbox.Disarm(_wake);
    }

    private void ChangeLeadership(int partition, LeaderEpoch epoch, bool gained)
    {
        if (!gained)
        {
            _runtime.LoseLeadership(partition, epoch, Now);
        }
        else if (_isRunning && _runtime.GainLeadership(partition, epoch, Now))
        {
            _toLoad.Enqueue((partition, epoch));
            LoadNext();
        }

        EndTurn();
    }

    private void LoadNext()
    {
        if (_loading is not null)
        {
            return;
        }

        while (_toLoad.TryDequeue(out (int Partition, LeaderEpoch Epoch) next))
        {
            if (_runtime.IsLoading(next.Partition, next.Epoch))
            {
                if (_loadBuffer.Length == 0)
                {
                    _loadBuffer = new byte[Math.Min(FirstLoadBufferBytes, _loadBufferBytesMax)];
                }

                _loading = new LoadItem(this, next.Partition, next.Epoch, new Offset(0));
                _loader.Post(_loading);
                return;
            }
        }

        _loadBuffer = [];
    }

    private void EndLoadStep(LoadItem step)
    {
        bool more = false;
        if (_runtime.IsLoading(step.Partition, step.Epoch))
        {
            CoordinatorRead read = step.Result;
            if (read.Error == ErrorCode.None && read.Count == 0 && read.FirstBatchSize > _loadBuffer.Length)
            {
                // A batch larger than the soft limit. It is in the log, so its size is real and bounded by the log.
                _loadBuffer = new byte[read.FirstBatchSize];
                more = true;
            }
            else
            {
                more = _runtime.Load(step.Partition, read, _loadBuffer.AsSpan(0, read.Count), Now);
                GrowLoadBuffer(more, read.Count);
            }
        }

        if (more)
        {
            step.From = _runtime.LoadPosition(step.Partition);
            _loader.Post(step);
        }
        else
        {
            _loading = null;
            LoadNext();
        }

        EndTurn();
    }

    private void GrowLoadBuffer(bool more, int count)
    {
        if (more && count > _loadBuffer.Length / 2 && _loadBuffer.Length < _loadBufferBytesMax)
        {
            _loadBuffer = new byte[Math.Min(_loadBuffer.Length * 2, _loadBufferBytesMax)];
        }
    }

    private void EndTurn()
    {
        MonotonicTime wake = _runtime.Wake;
        if (wake == MonotonicTime.Never)
        {
            return;
        }

        // A wake-up that is armed for an earlier moment finds nothing due and comes back here.
        if (!_wake.IsArmed || wake < _wake.Deadline)
        {
            TimeSpan delay = wake - _mailbox.Now;
            _mailbox.Arm(_wake, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        }
    }

    private void WakeUp()
    {
        _runtime.Advance(Now);
        EndTurn();
    }

    private void AdvanceHighWatermark(int partition, LeaderEpoch epoch, Offset highWatermark)
    {
        _runtime.OnHighWatermark(partition, epoch, highWatermark, Now);
        EndTurn();
    }

    private sealed class SwitchItem(CoordinatorDriver<TShard> driver, bool on) : WorkItem
    {
        public override void Run() => driver.Switch(on);
    }

    private sealed class LeadershipItem(
        CoordinatorDriver<TShard> driver, int partition, LeaderEpoch epoch, bool gained) : WorkItem
    {
        public override void Run() => driver.ChangeLeadership(partition, epoch, gained);
    }

    // Runs twice per step: on the loader, where it reads, and on the coordinator, where what it read is replayed. It
    // owns the buffer in between, because only one step is under way at a time.
    private sealed class LoadItem(
        CoordinatorDriver<TShard> driver, int partition, LeaderEpoch epoch, Offset from) : WorkItem
    {
        private bool _hasRead;

        public int Partition { get; } = partition;

        public LeaderEpoch Epoch { get; } = epoch;

        public Offset From { get; set; } = from;

        public CoordinatorRead Result { get; private set; }

        public override void Run()
        {
            if (_hasRead)
            {
                _hasRead = false;
                driver.EndLoadStep(this);
                return;
            }

            Result = driver._log.Read(Partition, Epoch, From, driver._loadBuffer);
            _hasRead = true;
            driver._mailbox.Post(this);
        }
    }

    private sealed class WakeTimer(CoordinatorDriver<TShard> driver) : TimerItem
    {
        public override void Fire() => driver.WakeUp();
    }

    private sealed class HighWatermarkItem(CoordinatorDriver<TShard> driver, int partition) : WorkItem
    {
        private readonly Lock _lock = new();
        private LeaderEpoch _epoch = LeaderEpoch.None;
        private Offset _highWatermark;

        public void Post(IMailbox mailbox, LeaderEpoch epoch, Offset highWatermark)
        {
            lock (_lock)
            {
                if (epoch < _epoch || (epoch == _epoch && highWatermark <= _highWatermark))
                {
                    return;
                }

                _epoch = epoch;
                _highWatermark = highWatermark;
            }

            mailbox.Post(this);
        }

        public override void Run()
        {
            LeaderEpoch epoch;
            Offset highWatermark;
            lock (_lock)
            {
                (epoch, highWatermark) = (_epoch, _highWatermark);
            }

            driver.AdvanceHighWatermark(partition, epoch, highWatermark);
        }
    }
}
