namespace Barnabas.Host;

/// <summary>A published metric and how to read it.</summary>
public sealed class Metric
{
    /// <summary>Samples that a metric shows: all partitions of a large broker would be too long a page.</summary>
    public const int SamplesMax = 10_000;

    private readonly Func<IEnumerable<Sample>> _read;

    internal Metric(MetricName name, MetricKind kind, string unit, Func<IEnumerable<Sample>> read)
    {
        (Name, Kind, Unit, _read) = (name, kind, unit, read);
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
                yield return sample with { Labels = [.. Name.Labels, .. sample.Labels] };
            }
        }
    }
}
