using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>What is known of the cluster at one moment. Immutable; a new answer makes a new snapshot.</summary>
internal sealed class ClusterSnapshot
{
    /// <summary>
    /// More brokers than any cluster has. An answer beyond it is hostile or broken [M38], and each broker could cost a
    /// connection.
    /// </summary>
    internal const int BrokersMax = 10_000;

    private readonly Dictionary<int, BrokerInfo> _brokers = [];
    private readonly Dictionary<string, TopicInfo> _topics = new(StringComparer.Ordinal);

    private ClusterSnapshot()
    {
    }

    public static ClusterSnapshot Empty { get; } = new();

    public string? ClusterId { get; private init; }

    public int ControllerId { get; private init; } = -1;

    public IReadOnlyDictionary<int, BrokerInfo> Brokers => _brokers;

    public IReadOnlyDictionary<string, TopicInfo> Topics => _topics;

    public PartitionInfo? Partition(TopicPartition partition) =>
        _topics.TryGetValue(partition.Topic, out TopicInfo? topic)
            && (uint)partition.Partition < topic.PartitionArray.Length
            ? topic.PartitionArray[partition.Partition]
            : null;

    /// <summary>
    /// The cluster after an answer. Topics that were not asked about stay as they are. A partition whose leader epoch
    /// is behind what is known keeps what is known (KIP-320): the answer is from a broker that lags, and following it
    /// would send the client back and forth between two leaders.
    /// </summary>
    public ClusterSnapshot Merge(MetadataResponse response)
    {
        if (response.Brokers.Count > BrokersMax)
        {
            throw new KafkaException(
                ErrorCode.CorruptMessage,
                    $"metadata names {response.Brokers.Count} brokers; the limit is {BrokersMax}");
        }

        ClusterSnapshot next = new() { ClusterId = response.ClusterId, ControllerId = response.ControllerId };
        foreach (MetadataResponse.MetadataResponseBroker broker in response.Brokers)
        {
            next._brokers[broker.NodeId] =
                new BrokerInfo(broker.NodeId, new BrokerAddress(broker.Host, broker.Port), broker.Rack);
        }

        foreach ((string name, TopicInfo topic) in _topics)
        {
            next._topics[name] = topic;
        }

        foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
        {
            if (topic.Name is { Length: > 0 } name)
            {
                next._topics[name] = Read(topic, name, _topics.GetValueOrDefault(name));
            }
        }

        return next;
    }

    private static TopicInfo Read(MetadataResponse.MetadataResponseTopic topic, string name, TopicInfo? known)
    {
        bool same = known is not null && known.Id == topic.TopicId;
        PartitionInfo?[] partitions = new PartitionInfo?[topic.Partitions.Count];
        foreach (MetadataResponse.MetadataResponsePartition partition in topic.Partitions)
        {
            int index = partition.PartitionIndex;
            if ((uint)index >= partitions.Length || partitions[index] is not null)
            {
                throw new KafkaException(
                    ErrorCode.CorruptMessage,
                        $"metadata of {name} does not name its partitions 0 to {partitions.Length - 1}");
            }

            PartitionInfo? older = same && index < known!.PartitionArray.Length ? known.PartitionArray[index] : null;
            partitions[index] =
                older is not null && partition.LeaderEpoch >= 0 && partition.LeaderEpoch < older.LeaderEpoch
                ? older
                : new PartitionInfo(
                    index,
                    partition.ErrorCode == (short)ErrorCode.LeaderNotAvailable ? -1 : partition.LeaderId,
                    partition.LeaderEpoch,
                    partition.ReplicaNodes,
                    partition.IsrNodes,
                    partition.OfflineReplicas);
        }

        return new TopicInfo(name, topic.TopicId, topic.IsInternal, (ErrorCode)topic.ErrorCode, partitions!);
    }
}
