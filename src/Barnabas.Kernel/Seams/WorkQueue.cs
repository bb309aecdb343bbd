namespace Barnabas.Kernel;

/// <summary>
/// The inbox of a mailbox: any thread posts, one thread drains. First in, first out.
/// </summary>
public sealed class WorkQueue
{
    // A stack of posted items, newest first. Pushing is one compare-and-swap; draining takes the whole stack with one
    // exchange and turns it round, so there is no pop that could meet a reused item.
    private WorkItem? _newest;

    public bool IsEmpty => Volatile.Read(ref _newest) is null;

    /// <summary>
    /// Adds an item unless it waits already. True if the queue was empty before: the drainer may be asleep and the caller
    /// must wake it. Whoever finds the queue not empty knows that a wake-up is under way.
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
    /// self-posting item cannot starve sockets and timers. Returns how many items ran.
    /// </summary>
    public int Drain()
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

        int ran = 0;
        while (oldest is not null)
        {
            WorkItem item = oldest;
            oldest = item.Next;
            item.Next = null;
            item.MarkTaken();
            item.Run();
            ran++;
        }

        return ran;
    }
}
