using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>Answers the accumulator from one snapshot of the cluster and the connections as they are.</summary>
internal sealed class ProducerLeaders(
    ClusterSnapshot cluster, BrokerConnections connections, Action<Task> connectionOpened) : IPartitionLeaders
{
    public int LeaderOf(TopicPartition partition)
    {
        int leader = cluster.Partition(partition)?.Leader ?? -1;
        return leader >= 0 && cluster.Brokers.ContainsKey(leader) ? leader : -1;
    }

    public bool IsReady(int brokerId) => Connection(brokerId) is not null;

    public KafkaConnection? Connection(int brokerId) => connections.TryGet(
        brokerId, ConnectionPurpose.Data, cluster.Brokers[brokerId].Address, connectionOpened);
}
