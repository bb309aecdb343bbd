namespace Barnabas.Kernel;

/// <summary>
/// The inbox of a mailbox: any thread posts, one thread drains. First in, first out.
/// </summary>
public sealed class WorkQueue
{
    // A stack of posted items, newest first. Pushing is one compare-and-swap; draining takes the whole stack with one
    // exchange and turns it round, so there is no pop that could meet a reused item.
    private WorkItem? _newest;

    // What the drainer took and has not run yet, oldest first. Only an item that throws leaves something here between
    // two calls: the others of its batch must not be lost with it.
    private WorkItem? _taken;

    /// <summary>True if a call of <see cref="Drain"/> would run nothing. Exact only for the drainer.</summary>
    public bool IsEmpty => _taken is null && Volatile.Read(ref _newest) is null;

    /// <summary>
    /// Adds an item unless it waits already. True if the queue was empty before: the drainer may be asleep and the
    /// caller must wake it. Whoever finds the queue not empty knows that a wake-up is under way.
    /// </summary>
    public bool Post(WorkItem item)
    {
        if (!item.TryMarkPosted())
        {
            return false;
        }

        WorkItem? newest = Volatile.Read(ref _newest);
        while (true)
        {
            item.Next = newest;
            WorkItem? seen = Interlocked.CompareExchange(ref _newest, item, newest);
            if (ReferenceEquals(seen, newest))
            {
                return newest is null;
            }

            newest = seen;
        }
    }

    /// <summary>
    /// Runs what was posted before the call, oldest first; what is posted meanwhile waits for the next call, so that a
    /// self-posting item cannot starve sockets and timers. Returns how many items ran. If an item throws, the exception
    /// comes out and the next call goes on with the items behind it.
    /// </summary>
    public int Drain()
    {
        if (_taken is null)
        {
            _taken = TakeInPostingOrder();
        }

        int ran = 0;
        while (_taken is { } item)
        {
            _taken = item.Next;
            item.Next = null;
            item.MarkTaken();
            ran++;
            item.Run();
        }

        return ran;
    }

    private WorkItem? TakeInPostingOrder()
    {
        WorkItem? newest = Interlocked.Exchange(ref _newest, null);
        WorkItem? oldest = null;
        while (newest is not null)
        {
            WorkItem? next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        return oldest;
    }
}
