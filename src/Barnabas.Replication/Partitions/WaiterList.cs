using Barnabas.Kernel;

namespace Barnabas.Replication;

/// <summary>The waiters of one partition. From any thread; costs one volatile read while nobody waits.</summary>
internal sealed class WaiterList(Partition owner)
{
    private readonly Lock _lock = new();
    private PartitionWaiter? _first;
    private volatile int _count;

    public int Count => _count;

    public void Add(PartitionWaiter waiter)
    {
        Invariant.That(waiter.WaitsOn is null);
        lock (_lock)
        {
            waiter.WaitsOn = owner;
            waiter.Previous = null;
            waiter.Next = _first;
            if (_first is not null)
            {
                _first.Previous = waiter;
            }

            _first = waiter;
            _count++;
        }
    }

    public void Remove(PartitionWaiter waiter)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(waiter.WaitsOn, owner))
            {
                return;
            }

            if (waiter.Previous is { } previous)
            {
                previous.Next = waiter.Next;
            }
            else
            {
                _first = waiter.Next;
            }

            if (waiter.Next is { } next)
            {
                next.Previous = waiter.Previous;
            }

            waiter.WaitsOn = null;
            waiter.Next = null;
            waiter.Previous = null;
            _count--;
        }
    }

    /// <summary>Behind a full fence.</summary>
    public void Notify()
    {
        if (_count == 0)
        {
            return;
        }

        lock (_lock)
        {
            for (PartitionWaiter? waiter = _first; waiter is not null; waiter = waiter.Next)
            {
                waiter.OnProgress();
            }
        }
    }
}
