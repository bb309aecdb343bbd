using Barnabas.Broker;
using Barnabas.Coordination;
using Barnabas.Replication;

namespace Barnabas.Host;

/// <summary>What a broker counts, under Kafka's names. What its state is, is in <see cref="StateMetrics"/>.</summary>
internal static class BrokerMetrics
{
    private const double MillisecondsPerMicrosecond = 0.001;

    public static void AddTo(MetricRegistry registry, BrokerNode broker)
    {
        AddTopics(registry, broker);
        AddRequests(registry, broker.ConnectionCounters);
        AddConnections(registry, broker.ConnectionCounters);
        AddGroups(registry, broker);
    }

    private static void AddTopics(MetricRegistry registry, BrokerNode broker)
    {
        Add("MessagesInPerSec", "messages", TopicCount.MessagesIn);
        Add("BytesInPerSec", "bytes", TopicCount.BytesIn);
        Add("BytesOutPerSec", "bytes", TopicCount.BytesOut);
        Add("BytesRejectedPerSec", "bytes", TopicCount.BytesRejected);
        Add("TotalProduceRequestsPerSec", "requests", TopicCount.Produces);
        Add("TotalFetchRequestsPerSec", "requests", TopicCount.Fetches);
        Add("FailedProduceRequestsPerSec", "requests", TopicCount.FailedProduces);
        Add("FailedFetchRequestsPerSec", "requests", TopicCount.FailedFetches);

        void Add(string name, string unit, TopicCount what) => registry.Add(
            "kafka.server:type=BrokerTopicMetrics,name=" + name, MetricKind.Count, unit, () => Read(broker, what));
    }

    /// <summary>The number of all topics, and of each that had traffic.</summary>
    private static IEnumerable<Sample> Read(BrokerNode broker, TopicCount what)
    {
        yield return Sample.Of(broker.Traffic.AllTopics[what]);
        foreach (LocalTopic topic in broker.Gauges?.Topics ?? [])
        {
            if (topic.CountersIfAny is { } counters)
            {
                yield return Sample.Of(counters[what], ("topic", topic.Name));
            }
        }
    }

    private static void AddRequests(MetricRegistry registry, ConnectionCounters connections)
    {
        const string Bean = "kafka.network:type=RequestMetrics,name=";
        registry.Add(Bean + "RequestsPerSec", MetricKind.Count, "requests", () => CountRequests(connections));
        AddTime("TotalTimeMs", static counters => counters.TotalTime);
        AddTime("LocalTimeMs", static counters => counters.LocalTime);
        AddTime("RequestQueueTimeMs", static counters => counters.QueueTime);

        void AddTime(string name, Func<RequestCounters, Histogram> time) => registry.Add(
            Bean + name,
            MetricKind.Distribution,
            "ms",
            () => Named(connections).Select(kind => Sample.Of(time(kind.Counters), ("request", kind.Name))),
            MillisecondsPerMicrosecond);
    }

    private static IEnumerable<Sample> CountRequests(ConnectionCounters connections)
    {
        foreach ((string name, RequestCounters counters) in Named(connections))
        {
            for (int version = 0; version < counters.VersionLimit; version++)
            {
                if (counters.Of(version) is > 0 and var count)
                {
                    yield return Sample.Of(count, ("request", name), ("version", $"{version}"));
                }
            }
        }
    }

    /// <summary>Kafka shows a fetch twice: as one, and as one of a consumer. No followers fetch yet.</summary>
    private static IEnumerable<(string Name, RequestCounters Counters)> Named(ConnectionCounters connections)
    {
        foreach (RequestCounters counters in connections.Requests)
        {
            yield return (counters.Name, counters);
            if (counters.Name == "Fetch")
            {
                yield return ("FetchConsumer", counters);
            }
        }
    }

    private static void AddConnections(MetricRegistry registry, ConnectionCounters connections)
    {
        const string Bean = "kafka.server:type=socket-server-metrics,name=";
        registry.Add(Bean + "connection-creation-total", "connections", connections.Accepted);
        registry.Add(Bean + "connection-close-total", "connections", connections.Closed);
        registry.Add(
            Bean + "connection-count", "connections", () => connections.Accepted.Value - connections.Closed.Value);
        registry.Add(Bean + "connection-refused-total", "connections", connections.Refused);
        registry.Add(Bean + "expired-connections-killed-count", "connections", connections.IdleClosed);
        registry.Add(Bean + "invalid-requests-total", "connections", connections.BadFrames);
    }

    private static void AddGroups(MetricRegistry registry, BrokerNode broker)
    {
        const string Bean = "kafka.coordinator.group:type=GroupMetadataManager,name=";
        const string Coordinator = "kafka.server:type=group-coordinator-metrics,name=";
        registry.Add(Bean + "NumGroups", "groups", () => broker.Groups?.Counters.Groups() ?? 0);
        registry.Add(Bean + "NumOffsets", "offsets", () => broker.Groups?.Counters.Offsets ?? 0);
        foreach (ClassicGroupState state in Enum.GetValues<ClassicGroupState>())
        {
            registry.Add(Bean + $"NumGroups{state}", "groups", () => broker.Groups?.Counters.Groups(state) ?? 0);
        }

        registry.Add(
            Coordinator + "group-count",
            MetricKind.Value,
            "groups",
            () => [Sample.Of(broker.Groups?.Counters.Groups() ?? 0, ("protocol", "classic"))]);
        AddCount("group-completed-rebalance-count", "rebalances", static c => c.CompletedRebalances);
        AddCount("offset-commit-count", "offsets", static c => c.OffsetCommits);
        AddCount("offset-expiration-count", "offsets", static c => c.OffsetExpirations);
        AddCount("offset-deletion-count", "offsets", static c => c.OffsetDeletions);

        void AddCount(string name, string unit, Func<GroupCounters, long> read) => registry.Add(
            Coordinator + name,
            MetricKind.Count,
            unit,
            () => [Sample.Of(broker.Groups is { } groups ? read(groups.Counters) : 0)]);
    }
}
