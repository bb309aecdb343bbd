namespace Barnabas.Kernel;

/// <summary>
/// Something to be run once on a mailbox. Linked into the mailbox's queue through itself, so posting allocates nothing,
/// and the number of items that exist bounds every queue. An item waits in at most one queue: posting it again before
/// it ran does nothing, which is how many wake-ups become one.
/// </summary>
public abstract class WorkItem
{
    private int _posted;

    internal WorkItem? Next { get; set; }

    /// <summary>Runs on the mailbox. It may post itself again.</summary>
    public abstract void Run();

    internal bool TryMarkPosted() => Interlocked.Exchange(ref _posted, 1) == 0;

    internal void MarkTaken() => Volatile.Write(ref _posted, 0);
}
