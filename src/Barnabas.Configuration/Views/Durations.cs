namespace Barnabas.Configuration;

/// <summary>Turns numbers of a configuration into durations.</summary>
internal static class Durations
{
    /// <summary>
    /// Kafka's "never" is the largest 64-bit number, which a <see cref="TimeSpan"/> cannot hold: it saturates.
    /// </summary>
    public static TimeSpan OfMilliseconds(long milliseconds) =>
        milliseconds >= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond
            ? TimeSpan.MaxValue
            : TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Null where a negative number means that there is no bound.</summary>
    public static TimeSpan? OfMillisecondsOrNone(long milliseconds) =>
        milliseconds < 0 ? null : OfMilliseconds(milliseconds);
}
