namespace Barnabas.Host;

/// <summary>A published number and how to read it.</summary>
public sealed class Metric
{
    private readonly Func<double>? _read;
    private readonly Histogram? _histogram;

    internal Metric(MetricName name, MetricKind kind, string unit, Func<double> read)
    {
        (Name, Kind, Unit, _read) = (name, kind, unit, read);
    }

    internal Metric(MetricName name, string unit, Histogram histogram)
    {
        (Name, Kind, Unit, _histogram) = (name, MetricKind.Distribution, unit, histogram);
    }

    public MetricName Name { get; }

    public MetricKind Kind { get; }

    /// <summary>What is counted or measured: bytes, messages, ms.</summary>
    public string Unit { get; }

    /// <summary>The number now; for a distribution how many values it holds.</summary>
    public double Value => _histogram is null ? _read!() : _histogram.Snapshot().Count;

    /// <summary>Null unless <see cref="Kind"/> is <see cref="MetricKind.Distribution"/>.</summary>
    public HistogramSnapshot? Distribution => _histogram?.Snapshot();
}
