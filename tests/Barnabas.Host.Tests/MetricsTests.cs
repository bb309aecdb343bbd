using System.Diagnostics.Metrics;
using Barnabas.Kernel;

namespace Barnabas.Host.Tests;

public class MetricsTests
{
    [Theory]
    [InlineData("kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec", MetricKind.Count,
        "kafka_server_brokertopicmetrics_bytesin_total")]
    [InlineData("kafka.server:type=socket-server-metrics,name=connection-creation-total", MetricKind.Count,
        "kafka_server_socket_server_metrics_connection_creation_total")]
    [InlineData("process:type=cpu,name=seconds", MetricKind.Count, "process_cpu_seconds_total")]
    [InlineData("kafka.server:type=ReplicaManager,name=PartitionCount", MetricKind.Value,
        "kafka_server_replicamanager_partitioncount")]
    [InlineData("kafka.network:type=RequestMetrics,name=TotalTimeMs,request=Produce", MetricKind.Distribution,
        "kafka_network_requestmetrics_totaltimems")]
    [InlineData("kafka.log:type=LogFlushStats,name=LogFlushRateAndTimeMs", MetricKind.Distribution,
        "kafka_log_logflushstats_logflushrateandtimems")]
    public void Names_follow_the_usual_rules_for_Kafka(string bean, MetricKind kind, string family) =>
        Assert.Equal(family, MetricName.Parse(bean, kind).Family);

    [Fact]
    public void All_samples_of_a_family_stand_under_one_heading()
    {
        using MetricRegistry registry = new();
        Counter all = new();
        Counter one = new();
        all.Add(3);
        one.Add(2);
        registry.Add("kafka.server:type=Topics,name=BytesInPerSec", "bytes", all);
        registry.Add("kafka.server:type=Replicas,name=LeaderCount", "partitions", () => 1.5);
        registry.Add("kafka.server:type=Topics,name=BytesInPerSec,topic=a\"b", "bytes", one);

        Assert.Equal(
            """
            # HELP kafka_server_replicas_leadercount kafka.server:type=Replicas,name=LeaderCount in partitions
            # TYPE kafka_server_replicas_leadercount gauge
            kafka_server_replicas_leadercount 1.5
            # HELP kafka_server_topics_bytesin_total kafka.server:type=Topics,name=BytesInPerSec in bytes
            # TYPE kafka_server_topics_bytesin_total counter
            kafka_server_topics_bytesin_total 3
            kafka_server_topics_bytesin_total{topic="a\"b"} 2

            """,
            PrometheusText.Write(registry.Metrics));
    }

    [Fact]
    public void Quantiles_are_of_the_last_minutes_and_sum_and_count_of_all_time()
    {
        ManualTime time = new();
        using MetricRegistry registry = new(time);
        Histogram histogram = new();
        registry.Add("kafka.log:type=A,name=B", MetricKind.Distribution, "ms", () => [Sample.Of(histogram)]);
        histogram.Record(8);
        Assert.Contains("quantile=\"0.99\"} 8\n", PrometheusText.Write(registry.Metrics), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(59));
        histogram.Record(2);
        Assert.Contains("quantile=\"0.99\"} 8\n", PrometheusText.Write(registry.Metrics), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(1));
        histogram.Record(3);

        string text = PrometheusText.Write(registry.Metrics);

        Assert.Contains("quantile=\"0.5\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("quantile=\"0.99\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("kafka_log_a_b_sum 13\n", text, StringComparison.Ordinal);
        Assert.Contains("kafka_log_a_b_count 3\n", text, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("quantile=\"0.5\"} 0\n", PrometheusText.Write(registry.Metrics), StringComparison.Ordinal);
    }

    [Fact]
    public void A_distribution_has_quantiles_sum_and_count()
    {
        using MetricRegistry registry = new();
        Histogram histogram = new();
        histogram.Record(4);
        histogram.Record(8);
        registry.Add(
            "kafka.network:type=RequestMetrics,name=TotalTimeMs",
            MetricKind.Distribution,
            "ms",
            () => [Sample.Of(histogram, ("request", "Fetch"))],
            scale: 0.5);
        string text = PrometheusText.Write(registry.Metrics);
        Assert.Contains(
            "kafka_network_requestmetrics_totaltimems{request=\"Fetch\",quantile=\"0.5\"} 2\n",
            text,
            StringComparison.Ordinal);
        Assert.Contains(
            "kafka_network_requestmetrics_totaltimems{request=\"Fetch\",quantile=\"0.99\"} 4\n",
            text,
            StringComparison.Ordinal);
        Assert.Contains(
            "kafka_network_requestmetrics_totaltimems_sum{request=\"Fetch\"} 6\n",
            text,
            StringComparison.Ordinal);
        Assert.Contains(
            "kafka_network_requestmetrics_totaltimems_count{request=\"Fetch\"} 2\n",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_is_added_once()
    {
        using MetricRegistry registry = new();
        registry.Add("kafka.server:type=ReplicaManager,name=LeaderCount", "partitions", () => 1);
        registry.Add("kafka.server:type=ReplicaManager,name=LeaderCount", "partitions", () => 2);
        Assert.Equal(1, Assert.Single(Assert.Single(registry.Metrics).Samples).Value);
    }

    [Fact]
    public void A_metric_of_very_many_samples_shows_some()
    {
        using MetricRegistry registry = new();
        registry.Add(
            "kafka.log:type=Log,name=Size",
            MetricKind.Value,
            "bytes",
            () => Enumerable.Range(0, 2 * Metric.SamplesMax).Select(static n => Sample.Of(n, ("partition", $"{n}"))));
        Assert.Equal(Metric.SamplesMax, Assert.Single(registry.Metrics).Samples.Count());
    }

    [Fact]
    public void Listeners_within_the_process_see_the_same_numbers()
    {
        using MetricRegistry registry = new();
        Counter counter = new();
        counter.Add(5);
        registry.Add("kafka.server:type=Test,name=Listened,topic=t", "messages", counter);
        List<double> seen = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == MetricRegistry.MeterName
                && instrument.Name == "kafka_server_test_listened_total")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            Assert.Equal("t", tags[0].Value);
            seen.Add(value);
        });
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal([5], seen);
    }
}
