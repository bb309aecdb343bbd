using System.Diagnostics.Metrics;

namespace Barnabas.Host;

/// <summary>
/// All metrics of a node under Kafka's names. Rooms count into their own counters; the composition root lists them
/// here. The same numbers are published to <see cref="Meter"/>, for listeners within the process. From any thread.
/// </summary>
public sealed class MetricRegistry : IDisposable
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "Barnabas";

    /// <summary>How many metrics there may be: a topic that gets thousands of labels must not eat the memory.</summary>
    public const int MetricsMax = 100_000;

    private readonly Lock _lock = new();
    private readonly Meter _meter = new(MeterName, BuildFacts.Version);
    private readonly HashSet<string> _beans = new(StringComparer.Ordinal);
    private readonly List<Metric> _metrics = [];

    /// <summary>What has been added so far, in that order: a copy.</summary>
    public IReadOnlyList<Metric> Metrics
    {
        get
        {
            lock (_lock)
            {
                return [.. _metrics];
            }
        }
    }

    /// <summary>
    /// Publishes a counter, for example <c>kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec</c>.
    /// </summary>
    public void Add(string bean, string unit, Counter counter)
    {
        MetricName name = MetricName.Parse(bean, MetricKind.Count);
        if (TryAdd(new Metric(name, MetricKind.Count, unit, () => counter.Value)))
        {
            _meter.CreateObservableCounter(
                name.Family,
                () => new Measurement<long>(counter.Value, Tags(name)),
                unit,
                bean);
        }
    }

    /// <summary>
    /// Publishes a number that is read when somebody asks. <paramref name="read"/> must be quick and not throw.
    /// </summary>
    public void Add(string bean, string unit, Func<double> read)
    {
        MetricName name = MetricName.Parse(bean, MetricKind.Value);
        if (TryAdd(new Metric(name, MetricKind.Value, unit, read)))
        {
            _meter.CreateObservableGauge(name.Family, () => new Measurement<double>(read(), Tags(name)), unit, bean);
        }
    }

    /// <summary>Publishes a distribution; within the process as its count and its 99th percentile.</summary>
    public void Add(string bean, string unit, Histogram histogram)
    {
        MetricName name = MetricName.Parse(bean, MetricKind.Distribution);
        if (TryAdd(new Metric(name, unit, histogram)))
        {
            _meter.CreateObservableCounter(
                name.Family + "_count",
                () => new Measurement<long>(histogram.Snapshot().Count, Tags(name)),
                unit,
                bean);
            _meter.CreateObservableGauge(
                name.Family + "_p99",
                () => new Measurement<long>(histogram.Snapshot().Quantile(0.99), Tags(name)),
                unit,
                bean);
        }
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?>[] Tags(MetricName name) =>
        [.. name.Labels.Select(label => new KeyValuePair<string, object?>(label.Key, label.Value))];

    private bool TryAdd(Metric metric)
    {
        lock (_lock)
        {
            if (_metrics.Count >= MetricsMax || !_beans.Add(metric.Name.Bean))
            {
                return false;
            }

            _metrics.Add(metric);
            return true;
        }
    }
}
