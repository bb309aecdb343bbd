using System.Numerics;

namespace Barnabas.Kernel;

/// <summary>
/// How values are spread: durations in microseconds, sizes in bytes. Keeps counts in buckets whose width grows with the
/// value, so a quantile is at most 1/16 too large, and recording allocates nothing. From any thread.
/// </summary>
public sealed class Histogram
{
    // Values below 16 have a bucket each; above, every power of two is cut into 16 parts. 2^40 microseconds are 12 days
    // and 2^40 bytes are a terabyte; what is larger counts as that large.
    private const int PartBits = 4;
    private const int Parts = 1 << PartBits;
    private const int HighestPower = 40;
    private const int Buckets = Parts + ((HighestPower - PartBits) * Parts);
    private const int SumCell = Buckets;

    private readonly ShardedCells _cells = new(Buckets + 1);

    /// <summary>Negative values, which only a clock that was set back can cause, count as 0.</summary>
    public void Record(long value)
    {
        long bounded = Math.Clamp(value, 0, (1L << HighestPower) - 1);
        Interlocked.Increment(ref _cells[BucketOf(bounded)]);
        Interlocked.Add(ref _cells[SumCell], bounded);
    }

    /// <summary>The counts at some moment during the call; allocates.</summary>
    public HistogramSnapshot Snapshot()
    {
        long[] counts = new long[Buckets];
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            counts[bucket] = _cells.Sum(bucket);
        }

        return new HistogramSnapshot(counts, _cells.Sum(SumCell));
    }

    internal static int BucketOf(long value)
    {
        if (value < Parts)
        {
            return (int)value;
        }

        int power = BitOperations.Log2((ulong)value);
        int part = (int)(value >> (power - PartBits)) & (Parts - 1);
        return Parts + ((power - PartBits) * Parts) + part;
    }

    /// <summary>The largest value that falls into the bucket.</summary>
    internal static long HighestIn(int bucket)
    {
        if (bucket < Parts)
        {
            return bucket;
        }

        int power = ((bucket - Parts) / Parts) + PartBits;
        long part = (bucket - Parts) % Parts;
        return ((Parts + part + 1) << (power - PartBits)) - 1;
    }
}
