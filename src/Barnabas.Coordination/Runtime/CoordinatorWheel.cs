using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>A timer wheel that knows cheaply when it wants to be turned next.</summary>
internal sealed class CoordinatorWheel(MonotonicTime start)
{
    private readonly TimerWheel _wheel = new(start);

    /// <summary>
    /// When <see cref="Advance"/> is next worth calling. Early at worst: disarming does not move it, and a turn that
    /// finds nothing due only looks again.
    /// </summary>
    public MonotonicTime Wake { get; private set; } = MonotonicTime.Never;

    public void Arm(TimerItem timer, MonotonicTime deadline)
    {
        _wheel.Arm(timer, deadline);
        if (deadline < Wake)
        {
            Wake = deadline;
        }
    }

    public void Disarm(TimerItem timer) => _wheel.Disarm(timer);

    public void Advance(MonotonicTime now)
    {
        if (now < Wake)
        {
            return;
        }

        // Cleared first: a fired timer that arms another sets it again, and what else hangs there is looked up below.
        Wake = MonotonicTime.Never;
        _wheel.Advance(now);
        MonotonicTime next = _wheel.NextDeadline();
        if (next < Wake)
        {
            Wake = next;
        }
    }
}
