using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// What every real mailbox with one thread has: its queue, its timers, and the one place where an exception of what it
/// runs ends. How it sleeps is the business of its owner.
/// </summary>
internal sealed class MailboxTurns(string name, TimeProvider time, Action<string, Exception> onFault)
{
    private readonly WorkQueue _queue = new();
    private readonly TimerWheel _wheel = new(time.Monotonic);
    private int _ownerThread;

    public bool IsCurrent => Environment.CurrentManagedThreadId == Volatile.Read(ref _ownerThread);

    public MonotonicTime Now { get; private set; } = time.Monotonic;

    /// <summary>True if something was posted and has not run.</summary>
    public bool HasPosted => !_queue.IsEmpty;

    /// <summary>The calling thread is the mailbox from now on.</summary>
    public void Own() => Volatile.Write(ref _ownerThread, Environment.CurrentManagedThreadId);

    /// <summary>Nobody is the mailbox for the moment.</summary>
    public void Disown() => Volatile.Write(ref _ownerThread, 0);

    /// <summary>True if the owner may be asleep and must be woken.</summary>
    public bool Post(WorkItem item) => _queue.Post(item) && !IsCurrent;

    public void Arm(TimerItem timer, TimeSpan delay)
    {
        Invariant.That(IsCurrent, "timers are armed on their mailbox");
        // From the true time and not from that of the turn: a long turn must not make a timer early.
        _wheel.Arm(timer, time.Monotonic + delay);
    }

    public void Disarm(TimerItem timer)
    {
        Invariant.That(IsCurrent, "timers are disarmed on their mailbox");
        _wheel.Disarm(timer);
    }

    /// <summary>Takes the time of the turn, fires due timers and runs what was posted before.</summary>
    public void Run()
    {
        Now = time.Monotonic;
        while (!TryAdvance())
        {
        }

        Drain();
    }

    /// <summary>Milliseconds the owner may sleep: -1 for as long as nobody wakes it, 0 if something waits.</summary>
    public int SleepMilliseconds() => SleepMilliseconds(time.Monotonic);

    /// <param name="now">The present or a moment ago: the sleep may only be longer by that.</param>
    public int SleepMilliseconds(MonotonicTime now)
    {
        if (HasPosted)
        {
            return 0;
        }

        MonotonicTime deadline = _wheel.NextDeadline();
        if (deadline == MonotonicTime.Never)
        {
            return -1;
        }

        // Rounded up: waking a little early would mean waking twice.
        long ticks = (deadline - now).Ticks;
        long milliseconds = (ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
        return (int)Math.Clamp(milliseconds, 0, int.MaxValue);
    }

    public void Report(Exception fault) => onFault(name, fault);

    private bool TryAdvance()
    {
        try
        {
            _wheel.Advance(Now);
            return true;
        }
        catch (Exception fault)
        {
            Report(fault);
            return false;
        }
    }

    // What waits behind an item that threw runs in the next turn, which comes at once: going on here would let an item
    // that throws and posts itself keep the thread for ever.
    private void Drain()
    {
        try
        {
            _queue.Drain();
        }
        catch (Exception fault)
        {
            Report(fault);
        }
    }
}
