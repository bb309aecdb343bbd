using Barnabas.Kernel;

namespace Barnabas.Coordination.Tests;

/// <summary>A mailbox in virtual time, driven by the test.</summary>
internal sealed class VirtualMailbox(string name, VirtualClock clock) : IMailbox
{
    private readonly WorkQueue _queue = new();
    private readonly TimerWheel _timers = new(clock.Now);

    public string Name { get; } = name;

    public bool IsCurrent => true;

    public MonotonicTime Now => clock.Now;

    public MonotonicTime NextDeadline => _timers.NextDeadline();

    public void Post(WorkItem item) => _queue.Post(item);

    public void Arm(TimerItem timer, TimeSpan delay) => _timers.Arm(timer, Now + delay);

    public void Disarm(TimerItem timer) => _timers.Disarm(timer);

    /// <summary>Runs what waits and what is due; true if anything ran.</summary>
    public bool Run()
    {
        _timers.Advance(Now);
        return _queue.Drain() > 0;
    }
}
