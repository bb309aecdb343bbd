using System.Collections.Concurrent;

using Barnabas.Kernel;
using Barnabas.Replication;

namespace Barnabas.Broker;

/// <summary>
/// Flushes partitions whose <c>flush.messages</c> was reached, while the producers wait. One flush of a partition is
/// under way at a time; all that is appended meanwhile shares the next one, so many producers cost few flushes. Those
/// of different partitions run on different threads, and the file system puts what it writes for them into one commit
/// of its journal. From any thread.
/// </summary>
internal sealed class FlushBeforeAcknowledge(IMailbox blocking)
{
    private readonly ConcurrentDictionary<Partition, FlushItem> _items = new();

    /// <summary>
    /// Asks for a flush if the topic wants one for what was appended last. True if the producer has to wait for it.
    /// Costs one comparison for topics that never ask.
    /// </summary>
    public bool Request(Partition partition)
    {
        long interval = partition.Log.Config.FlushMessages;
        if (interval == long.MaxValue || partition.Log.LogEndOffset - partition.Log.RecoveryPoint < interval)
        {
            return false;
        }

        _items.GetOrAdd(partition, static (added, mailbox) => new FlushItem(added, mailbox), blocking).Ask();
        return true;
    }

    public void Forget(Partition partition) => _items.TryRemove(partition, out _);

    private sealed class FlushItem(Partition partition, IMailbox blocking) : WorkItem
    {
        private int _asked;

        /// <summary>A flush that began before is not enough for what was appended since.</summary>
        public void Ask()
        {
            if (Interlocked.Increment(ref _asked) == 1)
            {
                blocking.Post(this);
            }
        }

        public override void Run()
        {
            int answered = Volatile.Read(ref _asked);
            try
            {
                // An error takes the log offline; its waiters find that out for themselves.
                partition.Log.FlushRecords();
                partition.NotifyWaiters();
            }
            finally
            {
                if (Interlocked.Add(ref _asked, -answered) > 0)
                {
                    blocking.Post(this);
                }
            }
        }
    }
}
