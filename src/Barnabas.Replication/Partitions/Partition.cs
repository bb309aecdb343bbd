using Barnabas.Kernel;
using Barnabas.Records;
using Barnabas.Storage;

namespace Barnabas.Replication;

/// <summary>
/// A replica of a partition on this broker: its log, its place in the replication, and who waits for it. Appends take a
/// short lock; reads take none.
/// </summary>
/// <remarks>
/// Invariants, under the lock: log start offset &lt;= high watermark &lt;= log end offset; the high watermark moves
/// only forward under one leader; while this broker is the only in-sync replica it equals the log end offset.
/// </remarks>
public sealed class Partition
{
    private readonly BrokerId _self;
    private readonly PartitionLog? _log;
    private PartitionLeadership _leadership = PartitionLeadership.Unknown;
    private WaiterList? _waiters;
    private volatile bool _isRetired;
    private volatile int _minInSyncReplicas = 1;

    private Partition(TopicPartition id, Uuid topicId, BrokerId self, PartitionLog? log, string? offlineReason)
    {
        Id = id;
        TopicId = topicId;
        _log = log;
        _self = self;
        OfflineReason = offlineReason;
    }

    public TopicPartition Id { get; }

    public Uuid TopicId { get; }

    /// <summary>Null until it is in place there.</summary>
    public LocalTopic? Topic { get; internal set; }

    /// <summary>
    /// Reading from it is free; whatever changes it goes through this partition. There is none while
    /// <see cref="IsOnline"/> is false.
    /// </summary>
    public PartitionLog Log
    {
        get
        {
            Invariant.That(_log is not null);
            return _log;
        }
    }

    /// <summary>False if the log could not be opened: everything is answered with KAFKA_STORAGE_ERROR.</summary>
    public bool IsOnline => _log is not null;

    /// <summary>
    /// The log was opened and has failed since, with its directory: everything is answered with KAFKA_STORAGE_ERROR.
    /// </summary>
    public bool HasFailed => _log is { OfflineReason: not null };

    /// <summary>Why the log could not be opened; null if it could.</summary>
    public string? OfflineReason { get; }

    /// <summary><c>min.insync.replicas</c> of the topic.</summary>
    public int MinInSyncReplicas
    {
        get => _minInSyncReplicas;
        set => _minInSyncReplicas = value;
    }

    /// <summary>The newest state; one consistent object.</summary>
    public PartitionLeadership Leadership => Volatile.Read(ref _leadership);

    /// <summary>Deleted, or moved away: it will never serve again, and whoever kept it must look it up anew.</summary>
    public bool IsRetired => _isRetired;

    // The log's own gate: housekeeping changes the log under the same one.
    private Lock Gate => Log.Gate;

    public static Partition Online(TopicPartition id, Uuid topicId, BrokerId self, PartitionLog log) =>
        new(id, topicId, self, log, null);

    public static Partition Offline(TopicPartition id, Uuid topicId, BrokerId self, string reason) =>
        new(id, topicId, self, null, reason);

    /// <summary>
    /// Whether this broker can serve the partition to a client that believes in <paramref name="clientEpoch"/>
    /// (<see cref="LeaderEpoch.None"/>: in none).
    /// </summary>
    public ErrorCode CheckServing(LeaderEpoch clientEpoch)
    {
        if (IsRetired)
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        return IsOnline && !HasFailed ? Leadership.Check(clientEpoch) : ErrorCode.KafkaStorageError;
    }

    /// <summary>
    /// Appends what a client or a coordinator of this broker sends; the bytes are changed in place. With
    /// <paramref name="needsMinInSync"/> (acks=all) it is refused while the in-sync replicas are too few.
    /// </summary>
    public AppendResult AppendAsLeader(Span<byte> records, AppendOrigin origin, bool needsMinInSync, long nowMs) =>
        Append(records, null, origin, needsMinInSync, nowMs);

    /// <summary>
    /// As <see cref="AppendAsLeader(Span{byte}, AppendOrigin, bool, long)"/>, but only while <paramref name="epoch"/>
    /// still leads: a coordinator must not write with the state of a former leadership.
    /// </summary>
    public AppendResult AppendInEpoch(Span<byte> records, LeaderEpoch epoch, AppendOrigin origin, long nowMs) =>
        Append(records, epoch, origin, needsMinInSync: true, nowMs);

    /// <summary>The end of what a reader may see, exclusive.</summary>
    public Offset ReadLimit(FetchIsolation isolation) => isolation switch
    {
        FetchIsolation.LogEnd => Log.LogEndOffset,
        FetchIsolation.Committed => Log.LastStableOffset,
        _ => Log.HighWatermark,
    };

    /// <summary>
    /// Takes a new leadership from the metadata log. Older news than what is known is ignored. Only from the mailbox
    /// that applies metadata.
    /// </summary>
    public void Apply(PartitionLeadership leadership)
    {
        if (!IsOnline)
        {
            Volatile.Write(ref _leadership, leadership);
            return;
        }

        lock (Gate)
        {
            if (IsRetired || leadership.PartitionEpoch < _leadership.PartitionEpoch)
            {
                return;
            }

            bool newEpoch = leadership.Epoch > _leadership.Epoch;
            if (leadership.IsLocal && newEpoch)
            {
                // The epoch begins here even if nothing is ever written in it: followers ask where it started
                // (KIP-101).
                Log.BeginEpoch(leadership.Epoch);
            }

            Volatile.Write(ref _leadership, leadership);
            if (leadership.IsLocal)
            {
                AdvanceHighWatermark(leadership);
            }
        }

        NotifyWaiters();
    }

    /// <summary>Stops serving; waiters look again and find no leader.</summary>
    public void Retire()
    {
        _isRetired = true;
        if (IsOnline)
        {
            lock (Gate)
            {
                Volatile.Write(ref _leadership, PartitionLeadership.Unknown);
            }
        }

        NotifyWaiters();
    }

    /// <summary>True once all below <paramref name="end"/> is on the device.</summary>
    public bool IsFlushed(Offset end) => Log.RecoveryPoint >= end;

    /// <summary>Tells the waiters that something moved which this partition did not move itself: a flush.</summary>
    public void NotifyWaiters()
    {
        // Pairs with the full fences of Add: either this read sees the waiter, or the waiter's second look sees the
        // progress that was published before this call.
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _waiters)?.Notify();
    }

    public void Add(PartitionWaiter waiter)
    {
        // Made for the first who waits: for most partitions of many nobody ever does.
        WaiterList waiters = Volatile.Read(ref _waiters)
            ?? Interlocked.CompareExchange(ref _waiters, new WaiterList(this), null)
            ?? _waiters!;
        waiters.Add(waiter);
    }

    public void Remove(PartitionWaiter waiter) => Volatile.Read(ref _waiters)?.Remove(waiter);

    /// <param name="onlyIn">The epoch that must lead; null for whichever does.</param>
    private AppendResult Append(
        Span<byte> records,
        LeaderEpoch? onlyIn,
        AppendOrigin origin,
        bool needsMinInSync,
        long nowMs)
    {
        if (!IsOnline)
        {
            return AppendResult.Refused(ErrorCode.KafkaStorageError, OfflineReason);
        }

        if (Log.OfflineReason is { } failure)
        {
            // Before the leadership: the controller has taken it away for this very reason.
            return AppendResult.Refused(ErrorCode.KafkaStorageError, failure);
        }

        AppendResult result;
        lock (Gate)
        {
            PartitionLeadership leadership = _leadership;
            if (!leadership.IsLocal || (onlyIn is { } epoch && epoch != leadership.Epoch))
            {
                return AppendResult.Refused(ErrorCode.NotLeaderOrFollower, null);
            }

            if (needsMinInSync && leadership.InSyncReplicas.Length < EffectiveMinInSync(leadership))
            {
                return AppendResult.Refused(
                    ErrorCode.NotEnoughReplicas,
                    $"{Id} has {leadership.InSyncReplicas.Length} in-sync replicas and needs {MinInSyncReplicas}.");
            }

            result = Log.AppendAsLeader(records, leadership.Epoch, origin, nowMs);
            if (result.Error == ErrorCode.None)
            {
                AdvanceHighWatermark(leadership);
            }
        }

        if (result.Error == ErrorCode.None)
        {
            NotifyWaiters();
        }

        return result;
    }

    /// <summary>
    /// A partition with fewer replicas than <c>min.insync.replicas</c> needs all it has (KIP-966 counts them this way
    /// too).
    /// </summary>
    private int EffectiveMinInSync(PartitionLeadership leadership) =>
        Math.Min(MinInSyncReplicas, Math.Max(1, leadership.Replicas.Length));

    private void AdvanceHighWatermark(PartitionLeadership leadership)
    {
        // The high watermark is the lowest end among the in-sync replicas. Those of other brokers report their ends by
        // fetching; a broker that is alone in the set knows its own.
        if (leadership.InSyncReplicas.Length == 1 && leadership.InSyncReplicas[0] == _self)
        {
            Log.UpdateHighWatermark(Log.LogEndOffset);
        }
    }
}
