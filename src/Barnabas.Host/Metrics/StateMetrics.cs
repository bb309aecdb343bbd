using Barnabas.Broker;
using Barnabas.Metadata;
using Barnabas.Raft;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Host;

/// <summary>The state of a node under Kafka's names, computed when somebody asks.</summary>
internal static class StateMetrics
{
    public static void AddTo(MetricRegistry registry, BrokerNode broker, Func<NodeState> state)
    {
        registry.Add("kafka.server:type=KafkaServer,name=BrokerState", "state", () => BrokerState(state()));
        AddReplicas(registry, broker);
        AddLogs(registry, broker);
        AddWaiting(registry, broker);
        AddController(registry, broker);
        AddQuorum(registry, broker);
    }

    /// <summary>Kafka's numbers: a broker that recovers its logs is not told apart from one that starts.</summary>
    private static double BrokerState(NodeState state) => state switch
    {
        NodeState.Opening => 1,
        NodeState.Ready => 3,
        NodeState.Closing => 7,
        _ => 0,
    };

    private static void AddReplicas(MetricRegistry registry, BrokerNode broker)
    {
        Add("PartitionCount", static _ => true);
        Add("LeaderCount", static partition => partition.Leadership.IsLocal);
        Add("OfflineReplicaCount", IsOffline);
        Add("UnderReplicatedPartitions", static partition =>
            partition.Leadership is { IsLocal: true } now && now.InSyncReplicas.Length < now.Replicas.Length);
        Add("UnderMinIsrPartitionCount", static partition =>
            partition.Leadership is { IsLocal: true } now && now.InSyncReplicas.Length < partition.MinInSyncReplicas);
        Add("AtMinIsrPartitionCount", static partition =>
            partition.Leadership is { IsLocal: true } now && now.InSyncReplicas.Length == partition.MinInSyncReplicas);

        void Add(string name, Func<Partition, bool> counts) => registry.Add(
            "kafka.server:type=ReplicaManager,name=" + name,
            "partitions",
            () => broker.Gauges?.Partitions.Count(counts) ?? 0);
    }

    private static bool IsOffline(Partition partition) =>
        !partition.IsOnline || partition.Log.OfflineReason is not null;

    private static void AddLogs(MetricRegistry registry, BrokerNode broker)
    {
        Add("Size", "bytes", static log => log.SizeInBytes);
        Add("LogStartOffset", "offset", static log => log.LogStartOffset.Value);
        Add("LogEndOffset", "offset", static log => log.LogEndOffset.Value);
        Add("NumLogSegments", "segments", static log => log.SegmentCount);
        registry.Add(
            "kafka.log:type=LogManager,name=OfflineLogDirectoryCount",
            "directories",
            () => broker.Gauges?.OfflineDirectories ?? 0);

        void Add(string name, string unit, Func<PartitionLog, double> read) => registry.Add(
            "kafka.log:type=Log,name=" + name, MetricKind.Value, unit, () => ReadLogs(broker, read));
    }

    private static IEnumerable<Sample> ReadLogs(BrokerNode broker, Func<PartitionLog, double> read)
    {
        foreach (Partition partition in broker.Gauges?.Partitions ?? [])
        {
            if (!IsOffline(partition))
            {
                yield return Sample.Of(
                    read(partition.Log), ("topic", partition.Id.Topic), ("partition", $"{partition.Id.Partition}"));
            }
        }
    }

    private static void AddWaiting(MetricRegistry registry, BrokerNode broker)
    {
        TrafficCounters traffic = broker.Traffic;
        // What is released is read first: the difference may be too large by a moment, but never negative.
        registry.Add(
            "kafka.server:type=DelayedOperationPurgatory,name=PurgatorySize",
            MetricKind.Value,
            "requests",
            () =>
            [
                Sample.Of(
                    -traffic.ProducesReleased.Value + traffic.ProducesParked.Value, ("delayedoperation", "Produce")),
                Sample.Of(
                    -traffic.FetchesReleased.Value + traffic.FetchesParked.Value, ("delayedoperation", "Fetch")),
            ]);
        const string Sessions = "kafka.server:type=FetchSessionCache,name=";
        registry.Add(
            Sessions + "NumIncrementalFetchSessions", "sessions", () => broker.Gauges?.FetchSessions.Count ?? 0);
        registry.Add(
            Sessions + "IncrementalFetchSessionEvictionsPerSec",
            MetricKind.Count,
            "sessions",
            () => [Sample.Of(broker.Gauges?.FetchSessions.Evictions ?? 0)]);
    }

    private static void AddController(MetricRegistry registry, BrokerNode broker)
    {
        registry.Add(
            "kafka.server:type=broker-metadata-metrics,name=last-applied-record-offset",
            "offset",
            () => broker.Image.Offset);
        Add("ActiveControllerCount", "controllers", () =>
            broker.Gauges?.Quorum is { IsActiveController: true } ? 1 : 0);
        Add("ActiveBrokerCount", "brokers", () => broker.Image.Brokers.Values.Count(static b => !b.Fenced));
        Add("FencedBrokerCount", "brokers", () => broker.Image.Brokers.Values.Count(static b => b.Fenced));
        Add("GlobalTopicCount", "topics", () => broker.Image.Topics.Count);
        Add("GlobalPartitionCount", "partitions", () => broker.Image.Topics.PartitionCount);
        Add("OfflinePartitionsCount", "partitions", () => Count(broker.Image, static p => p.Leader == BrokerId.None));
        Add("PreferredReplicaImbalanceCount", "partitions", () =>
            Count(broker.Image, static partition => partition.Leader != partition.Replicas[0]));

        void Add(string name, string unit, Func<double> read) =>
            registry.Add("kafka.controller:type=KafkaController,name=" + name, unit, read);
    }

    private static int Count(MetadataImage image, Func<PartitionImage, bool> counts)
    {
        int count = 0;
        foreach (TopicImage topic in image.Topics.All)
        {
            for (int number = 0; number < topic.PartitionLimit; number++)
            {
                count += topic.TryGetPartition(number, out PartitionImage? partition) && counts(partition) ? 1 : 0;
            }
        }

        return count;
    }

    private static void AddQuorum(MetricRegistry registry, BrokerNode broker)
    {
        const string Bean = "kafka.server:type=raft-metrics,name=";
        Add("current-leader", "node", static quorum => quorum.Leader);
        Add("current-epoch", "epoch", static quorum => quorum.Epoch);
        Add("high-watermark", "offset", static quorum => quorum.HighWatermark);
        Add("log-end-offset", "offset", static quorum => quorum.LogEndOffset);
        // In Kafka the state is a text: here it is a label of what is always 1.
        registry.Add(
            Bean + "current-state",
            MetricKind.Value,
            "state",
            () => broker.Gauges?.Quorum is { } quorum ? [Sample.Of(1, ("state", NameOf(quorum.Role)))] : []);

        void Add(string name, string unit, Func<QuorumFigures, double> read) => registry.Add(
            Bean + name,
            MetricKind.Value,
            unit,
            () => broker.Gauges?.Quorum is { } quorum ? [Sample.Of(read(quorum))] : []);
    }

    private static string NameOf(QuorumRole role) => role switch
    {
        QuorumRole.Leader => "leader",
        QuorumRole.Follower => "follower",
        QuorumRole.Candidate => "candidate",
        QuorumRole.Prospective => "prospective",
        QuorumRole.Resigned => "resigned",
        _ => "unattached",
    };
}
