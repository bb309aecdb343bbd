namespace Barnabas.Host;

/// <summary>What kind of number a metric is.</summary>
public enum MetricKind
{
    /// <summary>Only grows; Kafka's meters publish it as Count.</summary>
    Count,

    /// <summary>Goes up and down; Kafka's gauges publish it as Value.</summary>
    Value,

    /// <summary>A distribution: count, sum and quantiles.</summary>
    Distribution,
}
