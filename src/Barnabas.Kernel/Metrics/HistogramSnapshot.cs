namespace Barnabas.Kernel;

/// <summary>The state of a <see cref="Histogram"/> at a moment.</summary>
public sealed class HistogramSnapshot
{
    private readonly long[] _counts;

    internal HistogramSnapshot(long[] counts, long sum)
    {
        // Most values are small, and snapshots are kept.
        _counts = counts[..(Array.FindLastIndex(counts, static count => count != 0) + 1)];
        Sum = sum;
        foreach (long count in counts)
        {
            Count += count;
        }
    }

    /// <summary>How many values were recorded.</summary>
    public long Count { get; }

    public long Sum { get; }

    /// <summary>The values that an earlier snapshot of the same histogram does not hold.</summary>
    public HistogramSnapshot Since(HistogramSnapshot earlier)
    {
        long[] counts = [.. _counts];
        for (int bucket = 0; bucket < earlier._counts.Length; bucket++)
        {
            counts[bucket] -= earlier._counts[bucket];
        }

        return new HistogramSnapshot(counts, Sum - earlier.Sum);
    }

    /// <summary>
    /// A bound that at least this share of the values does not exceed, at most 1/16 above the least such bound; 0 if
    /// there are no values.
    /// </summary>
    /// <param name="share">From 0 to 1: 0.99 for the 99th percentile.</param>
    public long Quantile(double share)
    {
        long rank = (long)Math.Ceiling(Count * Math.Clamp(share, 0, 1));
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank && seen > 0)
            {
                return Histogram.HighestIn(bucket);
            }
        }

        return 0;
    }
}
