using System.Collections.Concurrent;

using Barnabas.Kernel;
using Barnabas.Replication;

namespace Barnabas.Broker;

/// <summary>
/// Flushes partitions whose <c>flush.messages</c> was reached, while the producers wait. One flush of a partition is
/// under way at a time; all that is appended meanwhile shares the next one, so many producers cost few flushes. From
/// any thread.
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

        blocking.Post(_items.GetOrAdd(partition, static added => new FlushItem(added)));
        return true;
    }

    public void Forget(Partition partition) => _items.TryRemove(partition, out _);

    private sealed class FlushItem(Partition partition) : WorkItem
    {
        public override void Run()
        {
            // An error takes the log offline; its waiters find that out for themselves.
            partition.Log.Flush();
            partition.NotifyWaiters();
        }
    }
}
