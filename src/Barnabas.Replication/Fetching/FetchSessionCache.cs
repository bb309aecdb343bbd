using Barnabas.Kernel;

namespace Barnabas.Replication;

/// <summary>
/// The fetch sessions of a broker: at most <c>max.incremental.fetch.session.cache.slots</c>. From any thread; decisions
/// depend only on the arguments and the entropy given.
/// </summary>
/// <remarks>
/// When it is full a new session takes the place of one that was not used for two minutes; else of a less valuable one:
/// a consumer's for a follower's at any time, and after two minutes of life a smaller one for a larger one. If there is
/// none, the fetcher simply goes on without a session.
/// </remarks>
public sealed class FetchSessionCache(int slots, IEntropy entropy)
{
    private static readonly TimeSpan EvictableAfter = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, FetchSession> _sessions = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Sessions that had to make room since the start.</summary>
    public long Evictions { get; private set; }

    /// <summary>
    /// Begins a session of about <paramref name="size"/> partitions; null if there is no room for it.
    /// </summary>
    public FetchSession? TryCreate(int size, bool privileged, bool usesTopicIds, MonotonicTime now)
    {
        lock (_lock)
        {
            if (slots <= 0 || (_sessions.Count >= slots && !TryEvict(size, privileged, now)))
            {
                return null;
            }

            FetchSession session = new(NewId(), privileged, usesTopicIds, now);
            _sessions.Add(session.Id, session);
            return session;
        }
    }

    /// <summary>
    /// Finds the session of an incremental request and moves it to its next epoch. On an error the session is as it
    /// was.
    /// </summary>
    public ErrorCode TryContinue(int id, int epoch, bool usesTopicIds, MonotonicTime now, out FetchSession? session)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(id, out session))
            {
                return ErrorCode.FetchSessionIdNotFound;
            }

            if (session.Epoch != epoch)
            {
                return ErrorCode.InvalidFetchSessionEpoch;
            }

            if (session.UsesTopicIds != usesTopicIds)
            {
                return ErrorCode.FetchSessionTopicIdError;
            }

            session.LastUsedAt = now;
            session.Epoch = FetchSession.NextEpoch(epoch);
            return ErrorCode.None;
        }
    }

    /// <summary>Ends a session; harmless if there is none.</summary>
    public void Remove(int id)
    {
        lock (_lock)
        {
            _sessions.Remove(id);
        }
    }

    private int NewId()
    {
        while (true)
        {
            int id = (int)(entropy.NextUInt64() & int.MaxValue);
            if (id != 0 && !_sessions.ContainsKey(id))
            {
                return id;
            }
        }
    }

    private bool TryEvict(int size, bool privileged, MonotonicTime now)
    {
        // A scan of at most `slots` entries, and only when a session is begun while the cache is full.
        FetchSession? stalest = null;
        FetchSession? smallest = null;
        foreach (FetchSession session in _sessions.Values)
        {
            if (stalest is null || session.LastUsedAt < stalest.LastUsedAt)
            {
                stalest = session;
            }

            bool evictable = (privileged && !session.IsPrivileged) || now - session.CreatedAt > EvictableAfter;
            if (evictable && (smallest is null || IsLessValuable(session, smallest)))
            {
                smallest = session;
            }
        }

        if (stalest is not null && now - stalest.LastUsedAt > EvictableAfter)
        {
            smallest = stalest;
        }
        else if (smallest is null
            || (smallest.IsPrivileged && !privileged)
            || (smallest.IsPrivileged == privileged && smallest.Count > size))
        {
            return false;
        }

        _sessions.Remove(smallest.Id);
        Evictions++;
        return true;
    }

    private static bool IsLessValuable(FetchSession left, FetchSession right) =>
        left.IsPrivileged != right.IsPrivileged ? right.IsPrivileged : left.Count < right.Count;
}
