namespace Barnabas.Kernel;

/// <summary>
/// The inbox of a mailbox with several threads: items are taken oldest first, one by each thread, and so run
/// concurrently and end in no order. From any thread.
/// </summary>
public sealed class SharedWorkQueue
{
    private readonly Lock _gate = new();
    private WorkItem? _oldest;
    private WorkItem? _newest;

    /// <summary>Adds an item; false if it waits already, and then nobody needs to be woken for it.</summary>
    public bool Post(WorkItem item)
    {
        if (!item.TryMarkPosted())
        {
            return false;
        }

        lock (_gate)
        {
            item.Next = null;
            if (_newest is null)
            {
                _oldest = item;
            }
            else
            {
                _newest.Next = item;
            }

            _newest = item;
        }

        return true;
    }

    /// <summary>Takes the oldest item and runs it; false if there was none.</summary>
    public bool RunOne()
    {
        WorkItem? item;
        lock (_gate)
        {
            item = _oldest;
            if (item is null)
            {
                return false;
            }

            _oldest = item.Next;
            if (_oldest is null)
            {
                _newest = null;
            }

            item.Next = null;
        }

        item.MarkTaken();
        item.Run();
        return true;
    }
}
