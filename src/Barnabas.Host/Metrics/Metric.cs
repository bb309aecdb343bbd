using System.Collections.Concurrent;

namespace Barnabas.Host;

/// <summary>A published metric and how to read it.</summary>
public sealed class Metric
{
    /// <summary>Samples that a metric shows: all partitions of a large broker would be too long a page.</summary>
    public const int SamplesMax = 10_000;

    private readonly Func<IEnumerable<Sample>> _read;
    private readonly TimeProvider _time;

    // By the labels of a sample.
    private readonly ConcurrentDictionary<string, RecentDistribution> _recent = new(StringComparer.Ordinal);

    internal Metric(
        MetricName name, MetricKind kind, string unit, Func<IEnumerable<Sample>> read, TimeProvider time)
    {
        (Name, Kind, Unit, _read, _time) = (name, kind, unit, read, time);
    }

    public MetricName Name { get; }

    public MetricKind Kind { get; }

    /// <summary>What is counted or measured: bytes, messages, ms.</summary>
    public string Unit { get; }

    /// <summary>What one recorded unit of a distribution is in <see cref="Unit"/>.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The numbers now, the first <see cref="SamplesMax"/> of them.</summary>
    public IEnumerable<Sample> Samples
    {
        get
        {
            foreach (Sample sample in _read().Take(SamplesMax))
            {
                yield return sample with
                {
                    Labels = [.. Name.Labels, .. sample.Labels],
                    Recent = sample.Distribution is { } all ? RecentOf(sample, all) : null,
                };
            }
        }
    }

    private HistogramSnapshot RecentOf(Sample sample, HistogramSnapshot all) =>
        _recent.GetOrAdd(string.Join(',', sample.Labels), static _ => new RecentDistribution())
            .Of(all, _time.Monotonic);
}
