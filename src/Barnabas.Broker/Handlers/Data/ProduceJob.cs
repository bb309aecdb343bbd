using Barnabas.Kernel;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// A produce between its appends and its reply. Without acks, or with acks=1, it is answered at once; with acks=all it
/// waits until the high watermark has passed what it appended, and with <c>flush.messages</c> until that is on the
/// disk. Later requests of the connection are appended meanwhile. Pooled per reactor and touched only there.
/// </summary>
internal sealed class ProduceJob : WorkItem, IParkedRequest
{
    private const int ItemsFirst = 16;

    /// <summary>A free job keeps room for so many partitions; one large request must not stay in memory.</summary>
    private const int ItemsKeptMax = 1024;

    private readonly ProduceJobPool _pool;
    private readonly DeadlineTimer _deadline;
    private List<Waiter> _waiters = [];
    private ProduceItem[] _items = new ProduceItem[ItemsFirst];
    private int _count;
    private int _waiting;
    private bool _isParked;
    private Request _request = null!;
    private IReactor _reactor = null!;
    private TrafficCounters _traffic = null!;

    public ProduceJob(ProduceJobPool pool)
    {
        _pool = pool;
        _deadline = new DeadlineTimer(this);
    }

    public short Acks { get; set; }

    public int TimeoutMs { get; set; }

    public Span<ProduceItem> Items => _items.AsSpan(0, _count);

    public void Open(Request request, TrafficCounters traffic)
    {
        _request = request;
        _traffic = traffic;
        // The pool is the reactor's, so this never changes; another thread may read it at any time.
        _reactor = request.Workspace.Reactor;
    }

    public ref ProduceItem Add()
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, _items.Length * 2);
        }

        ref ProduceItem item = ref _items[_count++];
        item = default;
        return ref item;
    }

    /// <summary>Of a partition that is named more than once only the last remains.</summary>
    public void KeepLastOfEach(NamedPartitions named) => _count = named.KeepLastOfEach(Items);

    /// <summary>All appends are done: answers, or waits for what the answer needs.</summary>
    public void Finish()
    {
        if (Acks == 0)
        {
            FinishWithoutReply();
            return;
        }

        if (AllAcknowledged())
        {
            Answer();
            return;
        }

        Park();
        // What moved between the look and the parking woke nobody.
        if (AllAcknowledged())
        {
            Answer();
        }
    }

    public override void Run()
    {
        if (_isParked && AllAcknowledged())
        {
            Answer();
        }
    }

    public void Cancel()
    {
        Request request = _request;
        Release();
        request.EndWithoutReply();
    }

    /// <summary>Nobody waits for an answer; an error is told by closing the connection, as Apache Kafka does.</summary>
    private void FinishWithoutReply()
    {
        bool failed = false;
        foreach (ref readonly ProduceItem item in Items)
        {
            failed |= item.Result.Error != ErrorCode.None;
        }

        Request request = _request;
        Release();
        Connection connection = request.Connection;
        request.EndWithoutReply();
        if (failed)
        {
            connection.Close();
        }
    }

    private bool AllAcknowledged()
    {
        bool all = true;
        foreach (ref ProduceItem item in Items)
        {
            if (item.Result.Error == ErrorCode.None)
            {
                all &= IsAcknowledged(ref item);
            }
        }

        return all;
    }

    /// <summary>True if nothing more is to be waited for; the result may have become an error.</summary>
    private bool IsAcknowledged(ref ProduceItem item)
    {
        Partition partition = item.Partition!;
        if (!partition.Leadership.IsLocal)
        {
            // Whether the records survive the change of leader is not known here: the producer asks the next one.
            item.Result = AppendResult.Refused(ErrorCode.NotLeaderOrFollower, null);
            return true;
        }

        Offset end = item.Result.LastOffset + 1;
        if ((Acks == 1 || partition.Log.HighWatermark >= end) && (!item.AwaitsFlush || partition.IsFlushed(end)))
        {
            return true;
        }

        if (partition.Log.OfflineReason is { } reason)
        {
            // The flush failed, or the directory is gone: what is still missing will never come.
            item.Result = AppendResult.Refused(ErrorCode.KafkaStorageError, reason);
            return true;
        }

        return false;
    }

    private void Park()
    {
        foreach (ref readonly ProduceItem item in Items)
        {
            if (item.Result.Error == ErrorCode.None)
            {
                if (_waiting == _waiters.Count)
                {
                    _waiters.Add(new Waiter(this));
                }

                item.Partition!.Add(_waiters[_waiting++]);
            }
        }

        _isParked = true;
        _traffic.ProducesParked.Increment();
        _request.Parked = this;
        _reactor.Arm(_deadline, TimeSpan.FromMilliseconds(Math.Max(0, TimeoutMs)));
    }

    private void OnDeadline()
    {
        foreach (ref ProduceItem item in Items)
        {
            if (item.Result.Error == ErrorCode.None && !IsAcknowledged(ref item))
            {
                item.Result = AppendResult.Refused(ErrorCode.RequestTimedOut, null);
            }
        }

        Answer();
    }

    private void Answer()
    {
        Request request = _request;
        if (request.Connection.IsClosed)
        {
            Cancel();
            return;
        }

        OutputBuffer output = request.BeginReply();
        ProduceReply.Write(output, request.Version, Items);
        Release();
        request.EndReply();
    }

    private void Release()
    {
        _reactor.Disarm(_deadline);
        _request.Parked = null;
        for (int i = 0; i < _waiting; i++)
        {
            _waiters[i].WaitsOn?.Remove(_waiters[i]);
        }

        if (_isParked)
        {
            _traffic.ProducesReleased.Increment();
        }

        Items.Clear();
        _waiting = 0;
        _count = 0;
        _isParked = false;
        if (_items.Length > ItemsKeptMax)
        {
            _items = new ProduceItem[ItemsFirst];
            _waiters = [];
        }

        _request = null!;
        _pool.Return(this);
    }

    private sealed class Waiter(ProduceJob job) : PartitionWaiter
    {
        public override void OnProgress() => job._reactor.Post(job);
    }

    private sealed class DeadlineTimer(ProduceJob job) : TimerItem
    {
        public override void Fire() => job.OnDeadline();
    }
}
