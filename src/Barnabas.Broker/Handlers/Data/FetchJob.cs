using Barnabas.Kernel;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// A fetch on its way: reads its partitions, and if that is not enough waits in their lists until an append, a change
/// of leader or the deadline. Pooled per reactor and touched only there; appends of other reactors only post it.
/// </summary>
/// <remarks>
/// It answers at once when it may not wait, has nothing to read, found <c>min.bytes</c>, or found an error, a
/// divergence or the end of a segment with more behind it in a partition that is there; one that is not there is told
/// of when the others have something to say. A parked fetch counts the bytes that arrive and reads again when they may
/// be enough. What is not in memory is loaded by another thread, and then read again. States: free → looking →
/// (answered | parked → looking … | warming → looking …) → free; while it warms, progress and the deadline are only
/// noted.
/// </remarks>
internal sealed class FetchJob : WorkItem, IParkedRequest
{
    private const int ItemsFirst = 16;

    /// <summary>A free job keeps room for so many partitions; one large request must not stay in memory.</summary>
    private const int ItemsKeptMax = 1024;

    private readonly FetchJobPool _pool;
    private readonly DeadlineTimer _deadline;
    private readonly ColdRead _coldRead;
    private readonly WarmItem _warm;
    private List<Waiter> _waiters = [];
    private FetchItem[] _items = new FetchItem[ItemsFirst];
    private int _count;
    private int _waiting;
    private bool _isParked;
    private bool _isWarming;
    private bool _isCancelled;
    private bool _isOverdue;
    private long _found;
    private Request _request = null!;
    private IReactor _reactor = null!;
    private TrafficCounters _traffic = null!;

    public FetchJob(FetchJobPool pool)
    {
        _pool = pool;
        _deadline = new DeadlineTimer(this);
        _coldRead = new ColdRead(this);
        _warm = new WarmItem(this);
    }

    public int MaxWaitMs { get; set; }

    public int MinBytes { get; set; }

    public int MaxBytes { get; set; }

    public FetchIsolation Isolation { get; set; }

    /// <summary>Where records that are not in memory are read; see <see cref="ColdRead"/>.</summary>
    public IMailbox ColdReads { get; set; } = null!;

    /// <summary>The session whose partitions these are; null outside of sessions.</summary>
    public FetchSession? Session { get; set; }

    /// <summary>The epoch the session had after this request; if it moved on, the reply is void.</summary>
    public int SessionEpoch { get; set; }

    /// <summary>True if partitions without news are left out of the reply.</summary>
    public bool IsIncremental { get; set; }

    public int Count => _count;

    public Span<FetchItem> Items => _items.AsSpan(0, _count);

    public void Open(Request request, TrafficCounters traffic)
    {
        _request = request;
        _traffic = traffic;
        // The pool is the reactor's, so this never changes; another thread may read it at any time.
        _reactor = request.Workspace.Reactor;
        _count = 0;
        Session = null;
        IsIncremental = false;
    }

    public ref FetchItem Add()
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, _items.Length * 2);
        }

        ref FetchItem item = ref _items[_count++];
        item = default;
        return ref item;
    }

    /// <summary>Of a partition that is named more than once only the last remains.</summary>
    public void KeepLastOfEach(NamedPartitions named) => _count = named.KeepLastOfEach(Items);

    public void Start()
    {
        _isOverdue = MaxWaitMs <= 0 || _count == 0;
        Look(mayWait: false);
    }

    /// <summary>Answers with an error that concerns the whole fetch.</summary>
    public void Fail(ErrorCode error)
    {
        Request request = _request;
        OutputBuffer output = request.BeginReply();
        FetchReply.Write(output, request.Version, error, 0, Isolation, []);
        Release();
        request.EndReply();
    }

    /// <summary>Somebody appended, or leadership changed.</summary>
    public override void Run()
    {
        if (_isParked && !_isWarming && MayHaveEnough())
        {
            Look(mayWait: false);
        }
    }

    public void Cancel()
    {
        if (_isWarming)
        {
            // Another thread reads the regions; they are given back when it is done.
            _isCancelled = true;
            return;
        }

        Request request = _request;
        Release();
        request.EndWithoutReply();
    }

    /// <summary>From the thread that read the records into memory.</summary>
    public void OnWarm() => _reactor.Post(_warm);

    /// <summary>Reads every partition and does what follows from what is there.</summary>
    /// <param name="mayWait">
    /// True once a thread that may wait has loaded the records: what was evicted since is waited for after all, so that
    /// a machine without memory does not send a fetch to and fro.
    /// </param>
    private void Look(bool mayWait)
    {
        if (_request.Connection.IsClosed)
        {
            Cancel();
            return;
        }

        bool isAnswer = Read(mayWait, out bool isCold) || _isOverdue;
        if (isCold || (isAnswer && !mayWait && ColdRead.IsNeeded(Items)))
        {
            _isWarming = true;
            _request.Parked = this;
            ColdReads.Post(_coldRead);
        }
        else if (isAnswer)
        {
            Send();
        }
        else if (!_isParked)
        {
            Park();
            // What was appended between the reading and the parking woke nobody.
            if (MayHaveEnough())
            {
                Look(mayWait);
            }
        }
    }

    /// <summary>Reads every partition; true if that is an answer.</summary>
    private bool Read(bool mayWait, out bool isCold)
    {
        bool urgent = false;
        bool hasPartition = false;
        int left = MaxBytes;
        isCold = false;
        _found = 0;
        for (int i = 0; i < _count; i++)
        {
            ref FetchItem item = ref _items[i];
            item.ReleaseRegion();
            // The first partition with records gives one batch even if it is larger than the limits (KIP-74).
            Read(ref item, Math.Min(item.MaxBytes, left), atLeastOneBatch: _found == 0, mayWait);
            _found += item.Region.Count;
            left = Math.Max(0, left - item.Region.Count);
            bool isThere = item.Partition is not null;
            hasPartition |= isThere;
            urgent |= isThere
                && (item.Error != ErrorCode.None || item.Diverging is not null || item.HasMoreSegments);
            isCold |= item.IsCold;
        }

        return urgent || !hasPartition || _found >= MinBytes;
    }

    /// <summary>
    /// Whether reading again may find an answer: something other than records happened, a segment ended, or so many
    /// bytes arrived that they may be enough. Never false when they are; reads no file.
    /// </summary>
    private bool MayHaveEnough()
    {
        long bytes = _found;
        foreach (ref readonly FetchItem item in Items)
        {
            if (item.Partition is not { } partition)
            {
                continue;
            }

            if (partition.CheckServing(item.CurrentLeaderEpoch) != ErrorCode.None
                || partition.Log.OfflineReason is not null)
            {
                return true;
            }

            Offset limit = partition.ReadLimit(Isolation);
            if (limit == item.SeenLimit)
            {
                continue;
            }

            if (limit < item.SeenLimit
                || item.SeenBytes < 0
                || item.LastFetchedEpoch.Value >= 0
                || partition.Log.ActiveSegmentBase != item.SeenSegment)
            {
                return true;
            }

            bytes += partition.Log.AppendedBytes - item.SeenBytes;
        }

        return bytes >= MinBytes;
    }

    private void Read(ref FetchItem item, int maxBytes, bool atLeastOneBatch, bool mayWait)
    {
        item.Diverging = null;
        item.HasMoreSegments = false;
        item.IsCold = false;
        if (item.Partition is not { } partition)
        {
            Refuse(ref item, item.Error);
            return;
        }

        ErrorCode error = partition.CheckServing(item.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            Refuse(ref item, error);
            return;
        }

        PartitionLog log = partition.Log;
        if (item.LastFetchedEpoch.Value >= 0 && !CheckDivergence(ref item, log))
        {
            return;
        }

        // Bytes before the limit, so that none is missed, see AppendedBytes. The limit before the marks: a mark may lag
        // behind the records sent, never the other way round.
        item.SeenSegment = log.ActiveSegmentBase;
        long appended = log.AppendedBytes;
        Offset limit = partition.ReadLimit(Isolation);
        item.SeenLimit = limit;
        item.SeenBytes = limit == log.LogEndOffset ? appended : -1;
        LogRead read = log.Read(item.FetchOffset, maxBytes, limit, atLeastOneBatch, mayWait);
        if (read.Error != ErrorCode.None)
        {
            Refuse(ref item, read.Error);
            return;
        }

        item.Error = ErrorCode.None;
        item.Region = read.Region;
        item.IsCold = read.IsCold;
        item.RegionLimit = read.Limit;
        item.HasMoreSegments = read.HasMoreSegments;
        TakeMarks(ref item, log);
    }

    /// <summary>
    /// False if the fetcher's history leaves this log before its fetch offset (KIP-595): nothing is read then.
    /// </summary>
    private static bool CheckDivergence(ref FetchItem item, PartitionLog log)
    {
        EpochEndOffset end = log.EndOffsetForEpoch(item.LastFetchedEpoch);
        if (end.Epoch == LeaderEpoch.None || item.FetchOffset < log.LogStartOffset)
        {
            Refuse(ref item, ErrorCode.OffsetOutOfRange);
            return false;
        }

        if (end.Epoch < item.LastFetchedEpoch || end.EndOffset < item.FetchOffset)
        {
            item.Error = ErrorCode.None;
            item.Diverging = end;
            TakeMarks(ref item, log);
            return false;
        }

        return true;
    }

    private static void TakeMarks(ref FetchItem item, PartitionLog log)
    {
        item.HighWatermark = log.HighWatermark;
        item.LastStableOffset = log.LastStableOffset;
        item.LogStartOffset = log.LogStartOffset;
    }

    private static void Refuse(ref FetchItem item, ErrorCode error)
    {
        item.Error = error;
        item.HighWatermark = Offset.None;
        item.LastStableOffset = Offset.None;
        item.LogStartOffset = Offset.None;
    }

    private void Park()
    {
        for (int i = 0; i < _count; i++)
        {
            if (_items[i].Partition is { } partition)
            {
                if (_waiting == _waiters.Count)
                {
                    _waiters.Add(new Waiter(this));
                }

                partition.Add(_waiters[_waiting++]);
            }
        }

        _isParked = true;
        _traffic.FetchesParked.Increment();
        _request.Parked = this;
        _reactor.Arm(_deadline, TimeSpan.FromMilliseconds(MaxWaitMs));
    }

    private void OnDeadline()
    {
        _isOverdue = true;
        if (!_isWarming)
        {
            Look(mayWait: false);
        }
    }

    private void GoOnWarm()
    {
        _isWarming = false;
        if (_isCancelled)
        {
            Cancel();
        }
        else
        {
            Look(mayWait: true);
        }
    }

    private void Send()
    {
        Request request = _request;
        FindAborted();
        ErrorCode error = ErrorCode.None;
        int sessionId = 0;
        if (Session is { } session)
        {
            lock (session.Sync)
            {
                sessionId = session.Id;
                error = ChooseNews(session);
            }
        }

        OutputBuffer output = request.BeginReply();
        _traffic.OnFetched(Items);
        FetchReply.Write(
            output, request.Version, error, sessionId, Isolation, error == ErrorCode.None ? Items : []);
        Release();
        request.EndReply();
    }

    /// <summary>Without knowing what was aborted, no committed record can be told from the others.</summary>
    private void FindAborted()
    {
        for (int i = 0; i < _count && Isolation == FetchIsolation.Committed; i++)
        {
            ref FetchItem item = ref _items[i];
            if (item.Region.Count > 0)
            {
                ErrorCode error = item.Partition!.Log.FindAborted(item.FetchOffset, item.RegionLimit, out item.Aborted);
                if (error != ErrorCode.None)
                {
                    item.ReleaseRegion();
                    Refuse(ref item, error);
                }
            }
        }
    }

    /// <summary>Decides which partitions an incremental reply shows, and moves those with records to the end.</summary>
    private ErrorCode ChooseNews(FetchSession session)
    {
        if (session.Epoch != SessionEpoch)
        {
            return ErrorCode.InvalidFetchSessionEpoch;
        }

        for (int i = 0; i < _count; i++)
        {
            ref FetchItem item = ref _items[i];
            bool hasRecords = item.Region.Count > 0;
            bool isNews = item.Remembered!.MustTell(
                hasRecords,
                item.Error != ErrorCode.None,
                item.Diverging is not null,
                item.HighWatermark,
                item.LogStartOffset);
            item.IsOmitted = IsIncremental && !isNews;
            if (hasRecords && IsIncremental)
            {
                session.MoveToEnd(item.Remembered);
            }
        }

        return ErrorCode.None;
    }

    private void Release()
    {
        _reactor.Disarm(_deadline);
        _request.Parked = null;
        for (int i = 0; i < _waiting; i++)
        {
            _waiters[i].WaitsOn?.Remove(_waiters[i]);
        }

        for (int i = 0; i < _count; i++)
        {
            _items[i].ReleaseRegion();
            _items[i] = default;
        }

        if (_isParked)
        {
            _traffic.FetchesReleased.Increment();
        }

        _waiting = 0;
        _count = 0;
        _isParked = false;
        _isCancelled = false;
        _isOverdue = false;
        if (_items.Length > ItemsKeptMax)
        {
            _items = new FetchItem[ItemsFirst];
            _waiters = [];
        }

        Session = null;
        _request = null!;
        _pool.Return(this);
    }

    private sealed class Waiter(FetchJob job) : PartitionWaiter
    {
        public override void OnProgress() => job._reactor.Post(job);
    }

    private sealed class WarmItem(FetchJob job) : WorkItem
    {
        public override void Run() => job.GoOnWarm();
    }

    private sealed class DeadlineTimer(FetchJob job) : TimerItem
    {
        public override void Fire() => job.OnDeadline();
    }
}
