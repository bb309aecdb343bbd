using System.Collections.Immutable;

using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>Partitions as the answers of Metadata and DescribeTopicPartitions show them. Pure.</summary>
internal static class TopicDescriptions
{
    /// <summary>
    /// A partition for Metadata. Version 0 leaves out brokers that are not alive and says so by an error; later
    /// versions show all replicas. A leader without an endpoint on the client's listener is no leader for this client
    /// (KIP-103).
    /// </summary>
    public static MetadataResponse.MetadataResponsePartition ForMetadata(
        MetadataImage image,
        int number,
        PartitionImage partition,
        string listenerName,
        short version)
    {
        bool onlyAlive = version == 0;
        List<int> replicas = Ids(image, partition.Replicas, onlyAlive);
        List<int> isr = Ids(image, partition.Isr, onlyAlive);
        (ErrorCode error, int leader) = Leader(image, partition, listenerName, listenerErrors: version >= 6);
        if (error == ErrorCode.None
            && (replicas.Count < partition.Replicas.Length || isr.Count < partition.Isr.Length))
        {
            error = ErrorCode.ReplicaNotAvailable;
        }

        return new MetadataResponse.MetadataResponsePartition
        {
            ErrorCode = (short)error,
            PartitionIndex = number,
            LeaderId = leader,
            LeaderEpoch = partition.LeaderEpoch.Value,
            ReplicaNodes = replicas,
            IsrNodes = isr,
            OfflineReplicas = Offline(image, partition, listenerName),
        };
    }

    public static (ErrorCode Error, int Leader) Leader(
        MetadataImage image,
        PartitionImage partition,
        string listenerName,
        bool listenerErrors)
    {
        if (ClusterView.AliveEndpoint(image, partition.Leader, listenerName) is not null)
        {
            return (ErrorCode.None, partition.Leader.Value);
        }

        bool alive = ClusterView.IsAlive(image, partition.Leader);
        return (alive && listenerErrors ? ErrorCode.ListenerNotFound : ErrorCode.LeaderNotAvailable, -1);
    }

    /// <summary>
    /// Replicas that cannot serve: on a broker that is not alive, without this listener, or on a lost disk.
    /// </summary>
    public static List<int> Offline(MetadataImage image, PartitionImage partition, string listenerName)
    {
        List<int> offline = [];
        foreach (BrokerId replica in partition.Replicas)
        {
            if (ClusterView.AliveEndpoint(image, replica, listenerName) is null
                || !image.Brokers[replica].HasOnline(partition.DirectoryOf(replica)))
            {
                offline.Add(replica.Value);
            }
        }

        return offline;
    }

    public static List<int> Ids(ImmutableArray<BrokerId> brokers)
    {
        List<int> ids = new(brokers.Length);
        foreach (BrokerId broker in brokers)
        {
            ids.Add(broker.Value);
        }

        return ids;
    }

    private static List<int> Ids(MetadataImage image, ImmutableArray<BrokerId> brokers, bool onlyAlive)
    {
        List<int> ids = Ids(brokers);
        if (onlyAlive)
        {
            ids.RemoveAll(id => !ClusterView.IsAlive(image, new BrokerId(id)));
        }

        return ids;
    }
}
