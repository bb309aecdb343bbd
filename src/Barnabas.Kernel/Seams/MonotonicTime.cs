namespace Barnabas.Kernel;

/// <summary>
/// A moment of the monotonic clock, in ticks of 100 ns from an arbitrary start. Deadlines, sessions and timers use it
/// and never the wall clock, which may jump by years.
/// </summary>
public readonly record struct MonotonicTime(long Ticks) : IComparable<MonotonicTime>
{
    public static MonotonicTime Never => new(long.MaxValue);

    public static bool operator <(MonotonicTime left, MonotonicTime right) => left.Ticks < right.Ticks;

    public static bool operator >(MonotonicTime left, MonotonicTime right) => left.Ticks > right.Ticks;

    public static bool operator <=(MonotonicTime left, MonotonicTime right) => left.Ticks <= right.Ticks;

    public static bool operator >=(MonotonicTime left, MonotonicTime right) => left.Ticks >= right.Ticks;

    /// <summary>Saturates at <see cref="Never"/>: a wait of "forever" added to now must not lie in the past.</summary>
    public static MonotonicTime operator +(MonotonicTime time, TimeSpan wait) =>
        wait.Ticks > 0 && time.Ticks > long.MaxValue - wait.Ticks ? Never : new(time.Ticks + wait.Ticks);

    public static TimeSpan operator -(MonotonicTime left, MonotonicTime right) => new(left.Ticks - right.Ticks);

    public int CompareTo(MonotonicTime other) => Ticks.CompareTo(other.Ticks);
}
