namespace Barnabas.Simulation;

/// <summary>
/// The clocks of a simulated node. Fault model: the monotonic clock is virtual time, exact and never disturbed; the
/// wall clock stands <see cref="SimulatedNode.WallClockOffset"/> away from it and may jump to any side at any time.
/// </summary>
public sealed class SimulatedTime(SimulatedNode node) : TimeProvider
{
    // An ordinary day, so that timestamps in simulated logs look like timestamps.
    private static readonly DateTimeOffset WorldBegins = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => node.World.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => WorldBegins.AddTicks(node.World.Now.Ticks) + node.WallClockOffset;

    /// <summary>Refused: timers belong to mailboxes, where their order is part of the run.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("Timers are armed on mailboxes.");
}
