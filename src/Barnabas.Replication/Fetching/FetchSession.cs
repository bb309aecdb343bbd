using Barnabas.Kernel;

namespace Barnabas.Replication;

/// <summary>
/// An incremental fetch session (KIP-227): the partitions of one fetcher, in the order in which they are to be read.
/// Pure; the caller holds <see cref="Sync"/> while it uses the partitions.
/// </summary>
/// <remarks>
/// Invariant: the linked list and the table hold the same partitions. A partition that delivered records moves to the
/// end, so that each gets its turn when a reply's byte limit is smaller than what there is.
/// </remarks>
public sealed class FetchSession
{
    /// <summary>The epoch of a request that wants no session, or ends one.</summary>
    public const int FinalEpoch = -1;

    /// <summary>The epoch of a request that begins a session.</summary>
    public const int InitialEpoch = 0;

    private readonly Dictionary<FetchKey, FetchSessionPartition> _partitions = [];
    private FetchSessionPartition? _last;

    internal FetchSession(int id, bool privileged, bool usesTopicIds, MonotonicTime now)
    {
        Id = id;
        IsPrivileged = privileged;
        UsesTopicIds = usesTopicIds;
        CreatedAt = now;
        LastUsedAt = now;
        Epoch = NextEpoch(InitialEpoch);
    }

    public Lock Sync { get; } = new();

    /// <summary>Above zero; zero on the wire means "no session".</summary>
    public int Id { get; }

    /// <summary>Followers' sessions are not evicted for consumers'.</summary>
    public bool IsPrivileged { get; }

    /// <summary>True if it was begun with Fetch version 13 or later; it may not change its ways.</summary>
    public bool UsesTopicIds { get; }

    /// <summary>The epoch that the next request must carry.</summary>
    public int Epoch { get; internal set; }

    public MonotonicTime CreatedAt { get; }

    public MonotonicTime LastUsedAt { get; internal set; }

    public int Count => _partitions.Count;

    /// <summary>The first partition in reading order; follow <see cref="After"/>.</summary>
    public FetchSessionPartition? First { get; private set; }

    /// <summary>Epochs run from 1 upwards and wrap to 1: 0 and -1 have meanings of their own.</summary>
    public static int NextEpoch(int epoch) => epoch < 0 ? FinalEpoch : epoch == int.MaxValue ? 1 : epoch + 1;

    public static FetchSessionPartition? After(FetchSessionPartition partition) => partition.Next;

    public FetchSessionPartition GetOrAdd(FetchKey key)
    {
        if (!_partitions.TryGetValue(key, out FetchSessionPartition? partition))
        {
            partition = new FetchSessionPartition(key);
            _partitions.Add(key, partition);
            Append(partition);
        }

        return partition;
    }

    public void Forget(FetchKey key)
    {
        if (_partitions.Remove(key, out FetchSessionPartition? partition))
        {
            Unlink(partition);
        }
    }

    public void MoveToEnd(FetchSessionPartition partition)
    {
        if (!ReferenceEquals(partition, _last))
        {
            Unlink(partition);
            Append(partition);
        }
    }

    private void Append(FetchSessionPartition partition)
    {
        partition.Previous = _last;
        partition.Next = null;
        if (_last is null)
        {
            First = partition;
        }
        else
        {
            _last.Next = partition;
        }

        _last = partition;
    }

    private void Unlink(FetchSessionPartition partition)
    {
        if (partition.Previous is { } previous)
        {
            previous.Next = partition.Next;
        }
        else
        {
            First = partition.Next;
        }

        if (partition.Next is { } next)
        {
            next.Previous = partition.Previous;
        }
        else
        {
            _last = partition.Previous;
        }
    }
}
