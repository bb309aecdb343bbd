using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>Quotas and metrics.</summary>
public static class QuotaKeys
{
    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("quota.window.num", Int, "11", Low, Fixed,
            "How many samples a client quota keeps.",
            AtLeast(1)),
        Row("quota.window.size.seconds", Int, "1", Low, Fixed,
            "How long one sample of a client quota is.",
            AtLeast(1)),
        Row("replication.quota.window.num", Int, "11", Low, Fixed,
            "How many samples a replication quota keeps.",
            AtLeast(1)),
        Row("replication.quota.window.size.seconds", Int, "1", Low, Fixed,
            "How long one sample of a replication quota is.",
            AtLeast(1)),
        Row("alter.log.dirs.replication.quota.window.num", Int, "11", Low, Fixed,
            "How many samples the quota of moves between directories keeps.",
            AtLeast(1)),
        Row("alter.log.dirs.replication.quota.window.size.seconds", Int, "1", Low, Fixed,
            "How long one sample of that quota is.",
            AtLeast(1)),
        Row("controller.quota.window.num", Int, "11", Low, Fixed,
            "How many samples the quota of controller changes keeps.",
            AtLeast(1)),
        Row("controller.quota.window.size.seconds", Int, "1", Low, Fixed,
            "How long one sample of that quota is.",
            AtLeast(1)),
        Row("client.quota.callback.class", Class, null, Low, Fixed,
            "A Java class that decides quotas. Barnabas loads no Java plug-ins."),
        Row("metric.reporters", Names, "org.apache.kafka.common.metrics.JmxReporter", Low, ClusterWide,
            "Java classes that receive metrics. Barnabas serves metrics over HTTP: see " +
            "barnabas.metrics.listener.",
            Set(emptyAllowed: true)),
        Row("metrics.num.samples", Int, "2", Low, Fixed,
            "How many samples a rate is computed from.",
            AtLeast(1)),
        Row("metrics.recording.level", Text, "INFO", Low, Fixed,
            "Which metrics are recorded."),
        Row("metrics.sample.window.ms", Long, "30000", Low, Fixed,
            "How long one sample is.",
            AtLeast(1)),
        Row("kafka.metrics.polling.interval.secs", Int, "10", Low, Fixed,
            "How often Java metric reporters are polled.",
            AtLeast(1)),
        Row("kafka.metrics.reporters", Names, "", Low, Fixed,
            "Java classes that receive the broker's older metrics.",
            Set(emptyAllowed: true)),
        Row("telemetry.max.bytes", Int, "1048576", Low, Fixed,
            "The largest batch of metrics that a client may push (KIP-714).",
            AtLeast(1)),
    ];
}
