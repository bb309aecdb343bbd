using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>The timers of one partition, hung in the wheel that all partitions of a runtime share.</summary>
internal sealed class CoordinatorTimers
{
    private readonly CoordinatorWheel _wheel;
    private readonly Action<CoordinatorTimer> _fired;

    internal CoordinatorTimers(CoordinatorWheel wheel, Action<CoordinatorTimer> fired)
    {
        _wheel = wheel;
        _fired = fired;
    }

    /// <summary>Arms it, or moves it if it is armed.</summary>
    public void Arm(CoordinatorTimer timer, MonotonicTime deadline)
    {
        timer.Timers = this;
        _wheel.Arm(timer, deadline);
    }

    public void Arm(CoordinatorTimer timer, CoordinatorTime now, int delayMs) =>
        Arm(timer, now.Monotonic + TimeSpan.FromMilliseconds(Math.Max(0, delayMs)));

    public void Disarm(CoordinatorTimer timer) => _wheel.Disarm(timer);

    internal void Fired(CoordinatorTimer timer) => _fired(timer);
}
