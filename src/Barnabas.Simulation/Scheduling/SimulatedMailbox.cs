using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// A mailbox of a simulated node. It drains the same <see cref="WorkQueue"/> and advances the same
/// <see cref="TimerWheel"/> as the real one; only who calls it, and when, is different.
/// </summary>
internal class SimulatedMailbox : IMailbox
{
    private readonly WorkQueue _queue = new();
    private readonly TimerWheel _wheel;
    private readonly Action _turn;
    private readonly TimeSpan _extraDelay;
    private SimulatedEvent? _planned;

    public SimulatedMailbox(SimulatedLife life, SimulatedTime time, string name, TimeSpan extraDelay)
    {
        Life = life;
        Time = time;
        Name = name;
        Now = time.Monotonic;
        _extraDelay = extraDelay;
        _wheel = new TimerWheel(Now);
        _turn = () => RunTurn(static () => { });
    }

    public string Name { get; }

    public bool IsCurrent => ReferenceEquals(World.Current, this);

    public MonotonicTime Now { get; private set; }

    public SimulatedWorld World => Life.Node.World;

    protected SimulatedLife Life { get; }

    protected SimulatedTime Time { get; }

    public void Post(WorkItem item)
    {
        if (_queue.Post(item))
        {
            TimeSpan delay = World.DrawPostDelay() + World.Random.Between(TimeSpan.Zero, _extraDelay);
            World.Trace.Record(SimulatedTraceKind.Post, Life.Node.Index, delay.Ticks);
            PlanTurn(delay);
        }
    }

    public void Arm(TimerItem timer, TimeSpan delay)
    {
        Invariant.That(IsCurrent, "timers are armed on their mailbox");
        _wheel.Arm(timer, Now + delay);
    }

    public void Disarm(TimerItem timer)
    {
        Invariant.That(IsCurrent, "timers are disarmed on their mailbox");
        _wheel.Disarm(timer);
    }

    /// <summary>One turn: what is due, what was posted, then <paramref name="rest"/>; all with one value of
    /// Now.</summary>
    protected void RunTurn(Action rest)
    {
        IMailbox? before = World.Current;
        Invariant.That(before is null, "no turn runs inside another");
        World.Current = this;
        Now = Time.Monotonic;
        _planned?.CallOff();
        _planned = null;
        try
        {
            _wheel.Advance(Now);
            _queue.Drain();
            rest();
            EndTurn();
        }
        finally
        {
            World.Current = null;
            PlanNextTurn();
        }
    }

    protected virtual void EndTurn()
    {
    }

    private void PlanNextTurn()
    {
        if (!_queue.IsEmpty)
        {
            PlanTurn(World.DrawPostDelay());
        }
        else if (_wheel.NextDeadline() is var deadline && deadline < MonotonicTime.Never)
        {
            TimeSpan untilDue = deadline - Now;
            PlanTurn((untilDue > TimeSpan.Zero ? untilDue : TimeSpan.Zero) + World.DrawPostDelay());
        }
    }

    private void PlanTurn(TimeSpan delay)
    {
        if (_planned is not null && _planned.At <= World.Now.Ticks + delay.Ticks)
        {
            return;
        }

        _planned?.CallOff();
        _planned = World.Plan(delay, Life, _turn);
    }
}
