namespace Barnabas.Kernel;

/// <summary>
/// The timers of one mailbox: a hashed wheel whose arming and disarming cost the same for any number of timers. A pure
/// core; the mailbox tells it the time. Not thread-safe.
/// </summary>
/// <remarks>
/// Invariants: an armed timer hangs in slot <c>(deadline / tick) mod slots</c>; no armed timer has a deadline below
/// <c>_swept * tick</c> (a deadline in the past is hung in the next slot to sweep).
/// </remarks>
public sealed class TimerWheel
{
    // 512 slots of 4 ms: one turn is 2 s, so the usual waits (500 ms fetch, 3 s heartbeat) are met in at most two
    // turns, and a timer fires at most 4 ms late.
    private const int Slots = 512;
    private const long TickTicks = 4 * TimeSpan.TicksPerMillisecond;
    private const long Unknown = -1;

    private readonly TimerItem?[] _slots = new TimerItem?[Slots];
    private long _swept;

    // The first tick that holds a due timer, or unknown: a mailbox asks before each sleep, and most turns change no
    // timer that matters.
    private long _next = Unknown;

    public TimerWheel(MonotonicTime now)
    {
        _swept = now.Ticks / TickTicks;
    }

    public int Count { get; private set; }

    public void Arm(TimerItem timer, MonotonicTime deadline)
    {
        Disarm(timer);
        timer.Deadline = deadline;
        // Rounded up: a timer may be late, never early.
        long tick = Math.Max(CeilingTick(deadline), _swept + 1);
        Insert(timer, (int)(tick % Slots));
        Count++;
        if (_next != Unknown || Count == 1)
        {
            _next = Count == 1 ? tick : Math.Min(_next, tick);
        }
    }

    public void Disarm(TimerItem timer)
    {
        if (!timer.IsArmed)
        {
            return;
        }

        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _slots[timer.Slot] = timer.Next;
        }

        if (timer.Next is { } next)
        {
            next.Previous = timer.Previous;
        }

        if (CeilingTick(timer.Deadline) <= _next)
        {
            _next = Unknown;
        }

        timer.Next = null;
        timer.Previous = null;
        timer.Slot = -1;
        Count--;
    }

    /// <summary>
    /// Fires what is due. Timers of one slot fire in the order of their deadlines, ties in arming order. If one throws,
    /// the exception comes out and the next call fires the others.
    /// </summary>
    public void Advance(MonotonicTime now)
    {
        long target = now.Ticks / TickTicks;
        // After a long sleep one sweep over each slot finds everything that is due.
        long from = Math.Max(_swept + 1, target - Slots + 1);
        for (long tick = from; tick <= target && Count > 0; tick++)
        {
            Sweep(tick, now);
        }

        _swept = target;
    }

    /// <summary>
    /// When <see cref="Advance"/> is next worth calling: <see cref="MonotonicTime.Never"/> without timers, else the end
    /// of the first tick that holds a due timer. An owner that sleeps until then never wakes for nothing.
    /// </summary>
    public MonotonicTime NextDeadline()
    {
        if (Count == 0)
        {
            return MonotonicTime.Never;
        }

        if (_next == Unknown)
        {
            _next = FirstTick();
        }

        long tick = Math.Max(_next, _swept + 1);
        return tick > long.MaxValue / TickTicks ? MonotonicTime.Never : new MonotonicTime(tick * TickTicks);
    }

    // Slots are sorted, so the first timers of all slots are enough.
    private long FirstTick()
    {
        long first = long.MaxValue;
        foreach (TimerItem? head in _slots)
        {
            if (head is not null)
            {
                first = Math.Min(first, CeilingTick(head.Deadline));
            }
        }

        return first;
    }

    private static long CeilingTick(MonotonicTime deadline) =>
        (deadline.Ticks / TickTicks) + (deadline.Ticks % TickTicks == 0 ? 0 : 1);

    private void Insert(TimerItem timer, int slot)
    {
        // Sorted by deadline: slots are short, and a fixed order makes simulated runs repeatable.
        TimerItem? after = null;
        TimerItem? before = _slots[slot];
        while (before is not null && before.Deadline <= timer.Deadline)
        {
            after = before;
            before = before.Next;
        }

        timer.Slot = slot;
        timer.Previous = after;
        timer.Next = before;
        if (after is null)
        {
            _slots[slot] = timer;
        }
        else
        {
            after.Next = timer;
        }

        if (before is not null)
        {
            before.Previous = timer;
        }
    }

    private void Sweep(long tick, MonotonicTime now)
    {
        // Counted as swept before its timers fire: what they arm belongs to later ticks.
        _swept = tick;
        bool complete = false;
        try
        {
            FireDue((int)(tick % Slots), now);
            complete = true;
        }
        finally
        {
            if (!complete)
            {
                // A timer threw. Its neighbours are still due, and the next call must find them.
                _swept = tick - 1;
                _next = Unknown;
            }
        }
    }

    private void FireDue(int slot, MonotonicTime now)
    {
        // Re-read the head each time: a fired timer may arm or disarm its neighbours.
        while (_slots[slot] is { } timer && timer.Deadline <= now)
        {
            Disarm(timer);
            timer.Fire();
        }
    }
}
