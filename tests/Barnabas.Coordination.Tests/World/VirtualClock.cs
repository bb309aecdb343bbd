using Barnabas.Kernel;

namespace Barnabas.Coordination.Tests;

/// <summary>Virtual time: both clocks stand until a test moves them, and the wall clock may be set apart.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerHour;

    public DateTimeOffset Wall { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public MonotonicTime Now => new(_ticks);

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => Wall;

    public void Move(TimeSpan by)
    {
        _ticks += by.Ticks;
        Wall += by;
    }
}
