namespace Barnabas.Kernel.Tests;

public class MetricsTests
{
    [Fact]
    public void A_counter_adds_up_what_many_threads_count()
    {
        Counter counter = new();
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                counter.Increment();
                counter.Add(2);
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(8 * 10_000 * 3, counter.Value);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        Counter counter = new();
        Histogram histogram = new();
        counter.Increment();
        histogram.Record(1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            counter.Add(i);
            histogram.Record(i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Every_value_lies_in_its_bucket()
    {
        foreach (long value in Values())
        {
            int bucket = Histogram.BucketOf(value);
            long highest = Histogram.HighestIn(bucket);
            Assert.True(value <= highest, $"{value} > {highest}");
            Assert.True(bucket == 0 || Histogram.HighestIn(bucket - 1) < value, $"{value} belongs below");
            Assert.True(highest - value <= value / 16, $"bucket of {value} reaches to {highest}");
        }
    }

    [Theory]
    [InlineData(0.5, 500)]
    [InlineData(0.99, 990)]
    [InlineData(1.0, 1000)]
    public void Quantiles_are_at_most_a_sixteenth_too_large(double share, long exact)
    {
        Histogram histogram = new();
        for (int i = 1; i <= 1000; i++)
        {
            histogram.Record(i);
        }

        HistogramSnapshot snapshot = histogram.Snapshot();
        Assert.Equal(1000, snapshot.Count);
        Assert.Equal(500_500, snapshot.Sum);
        Assert.InRange(snapshot.Quantile(share), exact, exact + (exact / 16));
    }

    [Fact]
    public void Nothing_recorded_has_no_quantile_and_extremes_are_bounded()
    {
        Histogram histogram = new();
        Assert.Equal(0, histogram.Snapshot().Quantile(0.99));

        histogram.Record(-5);
        histogram.Record(long.MaxValue);
        HistogramSnapshot snapshot = histogram.Snapshot();
        Assert.Equal(0, snapshot.Quantile(0.5));
        Assert.Equal((1L << 40) - 1, snapshot.Quantile(1));
    }

    private static IEnumerable<long> Values()
    {
        for (long value = 0; value < 5_000; value++)
        {
            yield return value;
        }

        for (int power = 13; power < 40; power++)
        {
            yield return (1L << power) - 1;
            yield return 1L << power;
            yield return (1L << power) + 1;
        }
    }
}
