using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// A blocking mailbox with several threads: of the oldest waiting items, as many as there are threads, any may be the
/// next to run.
/// </summary>
internal sealed class SimulatedCrew(SimulatedLife life, SimulatedTime time, string name, int threads, TimeSpan delayMax)
    : IMailbox
{
    // Each waiting item has a queue to itself, because only a queue can tell that an item waits already.
    private readonly List<WorkQueue> _waiting = [];

    public string Name { get; } = name;

    public bool IsCurrent => ReferenceEquals(life.Node.World.Current, this);

    public MonotonicTime Now => time.Monotonic;

    public void Post(WorkItem item)
    {
        WorkQueue single = new();
        if (!single.Post(item))
        {
            return;
        }

        SimulatedWorld world = life.Node.World;
        _waiting.Add(single);
        TimeSpan delay = world.DrawPostDelay() + world.Random.Between(TimeSpan.Zero, delayMax);
        world.Trace.Record(SimulatedTraceKind.Post, life.Node.Index, delay.Ticks);
        world.Plan(delay, life, RunOne);
    }

    public void Arm(TimerItem timer, TimeSpan delay) =>
        throw new NotSupportedException("A mailbox with several threads has no timers.");

    public void Disarm(TimerItem timer) =>
        throw new NotSupportedException("A mailbox with several threads has no timers.");

    private void RunOne()
    {
        SimulatedWorld world = life.Node.World;
        int chosen = world.Random.Next(Math.Min(threads, _waiting.Count));
        WorkQueue single = _waiting[chosen];
        _waiting.RemoveAt(chosen);
        Invariant.That(world.Current is null, "no turn runs inside another");
        world.Current = this;
        try
        {
            single.Drain();
        }
        finally
        {
            world.Current = null;
        }
    }
}
