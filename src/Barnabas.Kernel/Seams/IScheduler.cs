namespace Barnabas.Kernel;

/// <summary>Makes the mailboxes of a node. The real twin gives threads, the simulated one turns of a single
/// thread.</summary>
public interface IScheduler
{
    /// <summary>A mailbox for decisions: what runs on it must not block on disk or network.</summary>
    IMailbox CreateMailbox(string name);

    /// <summary>
    /// A mailbox that may block (metadata log with its fsync, flushing, cold reads, recovery, deletion). With
    /// <paramref name="threads"/> above 1 its items run concurrently and in no order, and it has no timers.
    /// </summary>
    IMailbox CreateBlockingMailbox(string name, int threads);
}
