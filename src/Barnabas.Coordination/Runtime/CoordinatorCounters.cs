namespace Barnabas.Coordination;

/// <summary>
/// Facts about a runtime, for whoever publishes metrics. Written on the coordinator's mailbox; each number may be read
/// from any thread, though not all of them at one moment.
/// </summary>
public sealed class CoordinatorCounters
{
    private long _recordsReplayed;
    private long _recordsUnserved;
    private long _transactionalRecords;

    /// <summary>Records replayed while loading.</summary>
    public long RecordsReplayed => Volatile.Read(ref _recordsReplayed);

    /// <summary>
    /// Records of types no shard here serves (consumer, share and streams groups), skipped while loading.
    /// </summary>
    public long RecordsUnserved => Volatile.Read(ref _recordsUnserved);

    /// <summary>Records of transactions met while loading.</summary>
    public long TransactionalRecords => Volatile.Read(ref _transactionalRecords);

    internal void CountReplayed() => Volatile.Write(ref _recordsReplayed, _recordsReplayed + 1);

    internal void CountUnserved() => Volatile.Write(ref _recordsUnserved, _recordsUnserved + 1);

    internal void CountTransactional() => Volatile.Write(ref _transactionalRecords, _transactionalRecords + 1);
}
