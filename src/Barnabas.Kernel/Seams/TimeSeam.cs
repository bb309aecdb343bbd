namespace Barnabas.Kernel;

/// <summary>
/// The time seam is <see cref="TimeProvider"/>: its real twin is <c>TimeProvider.System</c>, its simulated twin
/// is virtual time. These members give it the two units this house uses.
/// </summary>
public static class TimeSeam
{
    extension(TimeProvider time)
    {
        /// <summary>Now on the monotonic clock.</summary>
        public MonotonicTime Monotonic
        {
            get
            {
                long stamp = time.GetTimestamp();
                long frequency = time.TimestampFrequency;
                // Linux counts nanoseconds, the simulator ticks; both divide without a 128-bit product.
                return new MonotonicTime(frequency switch
                {
                    TimeSpan.TicksPerSecond => stamp,
                    1_000_000_000 => stamp / 100,
                    _ => (long)((Int128)stamp * TimeSpan.TicksPerSecond / frequency),
                });
            }
        }

        /// <summary>The wall clock in Kafka's unit: milliseconds since 1970-01-01 UTC. For timestamps only.</summary>
        public long UnixMilliseconds => time.GetUtcNow().ToUnixTimeMilliseconds();
    }
}
