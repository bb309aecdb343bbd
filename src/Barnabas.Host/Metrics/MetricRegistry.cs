using System.Diagnostics.Metrics;

namespace Barnabas.Host;

/// <summary>
/// All metrics of a node under Kafka's names. Rooms count into their own counters; the composition root lists them
/// here. The same numbers are published to <see cref="Meter"/>, for listeners within the process. From any thread.
/// </summary>
/// <param name="time">Null for the machine's.</param>
public sealed class MetricRegistry(TimeProvider? time = null) : IDisposable
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "Barnabas";

    /// <summary>How many metrics there may be: a topic that gets thousands of labels must not eat the memory.</summary>
    public const int MetricsMax = 100_000;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
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
    public void Add(string bean, string unit, Counter counter) =>
        Add(bean, MetricKind.Count, unit, () => [Sample.Of(counter.Value)]);

    /// <summary>
    /// Publishes a number that is read when somebody asks. <paramref name="read"/> must be quick and not throw.
    /// </summary>
    public void Add(string bean, string unit, Func<double> read) =>
        Add(bean, MetricKind.Value, unit, () => [Sample.Of(read())]);

    /// <summary>
    /// Publishes numbers that are told apart by labels and read when somebody asks, from any thread.
    /// <paramref name="scale"/> is what one unit of a distribution is in <paramref name="unit"/>.
    /// </summary>
    public void Add(string bean, MetricKind kind, string unit, Func<IEnumerable<Sample>> read, double scale = 1)
    {
        Metric metric = new(MetricName.Parse(bean, kind), kind, unit, read, _time) { Scale = scale };
        if (TryAdd(metric))
        {
            Publish(metric);
        }
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>For listeners within the process; of a distribution its count and its 99th percentile.</summary>
    private void Publish(Metric metric)
    {
        string family = metric.Name.Family;
        string bean = metric.Name.Bean;
        switch (metric.Kind)
        {
            case MetricKind.Count:
                _meter.CreateObservableCounter(family, () => Measure(metric, static s => s.Value), metric.Unit, bean);
                break;
            case MetricKind.Value:
                _meter.CreateObservableGauge(family, () => Measure(metric, static s => s.Value), metric.Unit, bean);
                break;
            default:
                _meter.CreateObservableCounter(
                    family + "_count", () => Measure(metric, static s => s.Value), metric.Unit, bean);
                _meter.CreateObservableGauge(
                    family + "_p99",
                    () => Measure(metric, s => s.Recent!.Quantile(0.99) * metric.Scale),
                    metric.Unit,
                    bean);
                break;
        }
    }

    private static IEnumerable<Measurement<double>> Measure(Metric metric, Func<Sample, double> value) =>
        metric.Samples.Select(sample => new Measurement<double>(
            value(sample),
            sample.Labels.Select(static label => new KeyValuePair<string, object?>(label.Key, label.Value))));

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
