using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// KIP-580: how long to wait before the n-th attempt. Doubles from <paramref name="first"/> to <paramref name="max"/>,
/// spread by ±20 % so that many clients do not return at the same moment.
/// </summary>
internal readonly struct Backoff(TimeSpan first, TimeSpan max)
{
    /// <param name="failures">How many attempts have failed so far, at least 1.</param>
    public TimeSpan Wait(int failures, IEntropy entropy)
    {
        // 2^30 times any first wait is beyond every max, and the shift stays in range.
        int doublings = Math.Clamp(failures - 1, 0, 30);
        double ticks = Math.Min((double)first.Ticks * (1L << doublings), max.Ticks);
        double spread = 0.8 + (0.4 * (entropy.NextUInt64() >> 11) / (1UL << 53));
        return TimeSpan.FromTicks((long)Math.Min(ticks * spread, max.Ticks));
    }
}
