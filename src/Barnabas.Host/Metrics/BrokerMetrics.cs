using Barnabas.Broker;
using Barnabas.Coordination;

namespace Barnabas.Host;

/// <summary>The broker's numbers under Kafka's names.</summary>
internal static class BrokerMetrics
{
    public static void AddTo(MetricRegistry registry, BrokerNode broker)
    {
        AddTopics(registry, broker);
        AddConnections(registry, broker.ConnectionCounters);
        AddMetadata(registry, broker);
        AddGroups(registry, broker);
    }

    private static void AddTopics(MetricRegistry registry, BrokerNode broker)
    {
        const string Bean = "kafka.server:type=BrokerTopicMetrics,name=";
        TopicCounters topics = broker.TopicCounters;
        registry.Add(Bean + "MessagesInPerSec", "messages", topics.MessagesIn);
        registry.Add(Bean + "BytesInPerSec", "bytes", topics.BytesIn);
        registry.Add(Bean + "BytesOutPerSec", "bytes", topics.BytesOut);
        registry.Add(Bean + "FailedProduceRequestsPerSec", "requests", topics.FailedProduces);
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
        registry.Add("kafka.network:type=RequestMetrics,name=RequestsPerSec", "requests", connections.Requests);
    }

    private static void AddMetadata(MetricRegistry registry, BrokerNode broker)
    {
        registry.Add(
            "kafka.server:type=broker-metadata-metrics,name=last-applied-record-offset",
            "offset",
            () => broker.Image.Offset);
        registry.Add(
            "kafka.controller:type=KafkaController,name=GlobalTopicCount", "topics", () => broker.Image.Topics.Count);
        registry.Add(
            "kafka.controller:type=KafkaController,name=GlobalPartitionCount",
            "partitions",
            () => broker.Image.Topics.PartitionCount);
    }

    private static void AddGroups(MetricRegistry registry, BrokerNode broker)
    {
        const string Bean = "kafka.coordinator.group:type=GroupMetadataManager,name=";
        registry.Add(Bean + "NumGroups", "groups", () => broker.Groups?.Counters.Groups() ?? 0);
        registry.Add(Bean + "NumOffsets", "offsets", () => broker.Groups?.Counters.Offsets ?? 0);
        foreach (ClassicGroupState state in Enum.GetValues<ClassicGroupState>())
        {
            registry.Add(Bean + $"NumGroups{state}", "groups", () => broker.Groups?.Counters.Groups(state) ?? 0);
        }

        registry.Add(
            "kafka.server:type=group-coordinator-metrics,name=group-completed-rebalance-count",
            "rebalances",
            () => broker.Groups?.Counters.CompletedRebalances ?? 0);
        registry.Add(
            "kafka.server:type=group-coordinator-metrics,name=offset-commit-count",
            "offsets",
            () => broker.Groups?.Counters.OffsetCommits ?? 0);
    }
}
