using Barnabas.Kernel;
using Barnabas.Replication;

namespace Barnabas.Broker.Tests;

/// <summary>
/// Who waits for a partition is woken by whatever it waits for: on many threads, without a lost wake-up.
/// </summary>
public sealed class WaiterTests
{
    private readonly Partition _partition =
        Partition.Offline(new TopicPartition("t", 0), Uuid.Zero, new BrokerId(1), "test");

    [Fact]
    public void All_waiters_hear_of_each_progress_until_they_leave()
    {
        Waiter[] waiters = [new(), new(), new()];
        Array.ForEach(waiters, _partition.Add);
        _partition.NotifyWaiters();
        _partition.Remove(waiters[1]);
        _partition.Remove(waiters[1]);
        _partition.NotifyWaiters();
        _partition.Remove(waiters[0]);
        _partition.Remove(waiters[2]);
        _partition.NotifyWaiters();
        Assert.Equal([2, 1, 2], waiters.Select(static waiter => waiter.Woken));
        Assert.All(waiters, static waiter => Assert.Null(waiter.WaitsOn));
    }

    [Fact]
    public void A_waiter_does_not_hang_twice()
    {
        Waiter waiter = new();
        _partition.Add(waiter);
        Assert.Throws<InvariantBrokenException>(() => _partition.Add(waiter));
    }

    [Fact]
    public void No_wake_up_is_lost()
    {
        // Each waiter waits for the next number: it hangs itself in, looks again, and sleeps. The writer publishes a
        // number and notifies. If ever a wake-up is lost, a waiter sleeps for ever, and the writer, that waits for it,
        // too.
        const int Rounds = 20_000;
        const int Waiters = 3;
        long published = 0;
        int reached = 0;
        string? stuck = null;
        Thread[] threads = new Thread[Waiters];
        for (int i = 0; i < Waiters; i++)
        {
            threads[i] = new Thread(() =>
            {
                Waiter waiter = new();
                for (long wanted = 1; wanted <= Rounds && stuck is null; wanted++)
                {
                    if (Volatile.Read(ref published) < wanted)
                    {
                        _partition.Add(waiter);
                        while (Volatile.Read(ref published) < wanted)
                        {
                            if (!waiter.Signal.WaitOne(TimeSpan.FromSeconds(10)))
                            {
                                stuck = $"A waiter for {wanted} slept at {Volatile.Read(ref published)}.";
                                break;
                            }
                        }

                        _partition.Remove(waiter);
                    }

                    Interlocked.Increment(ref reached);
                }
            });
            threads[i].Start();
        }

        for (int round = 1; round <= Rounds && stuck is null; round++)
        {
            Volatile.Write(ref published, round);
            _partition.NotifyWaiters();
            SpinWait wait = default;
            while (Volatile.Read(ref reached) < round * Waiters && stuck is null)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }

        Array.ForEach(threads, static thread => thread.Join());
        Assert.Null(stuck);
        Assert.Equal(Rounds * Waiters, reached);
    }

    private sealed class Waiter : PartitionWaiter
    {
        public AutoResetEvent Signal { get; } = new(false);

        public int Woken { get; private set; }

        public override void OnProgress()
        {
            Woken++;
            Signal.Set();
        }
    }
}
