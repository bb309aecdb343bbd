using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// What a broker has to tell an operator; this room does not log. From any of its threads; must not block.
/// </summary>
public interface IBrokerEvents : ICoordinatorEvents
{
    /// <summary>A partition cannot be served. The reason says what to look at.</summary>
    void PartitionOffline(TopicPartition partition, string reason);

    /// <summary>
    /// Records of a partition cannot be read any more, though the disk reports no failure: told once for each
    /// partition. Consumers get CORRUPT_MESSAGE there until somebody moves them on.
    /// </summary>
    void RecordsDamaged(TopicPartition partition, string what);

    /// <summary>
    /// A partition was opened in which Apache Kafka left transactions open. This node does not end them: read-committed
    /// consumers get no further than the first of them.
    /// </summary>
    void TransactionOpen(TopicPartition partition, OpenTransaction first);

    /// <summary>A log directory failed; its partitions cannot be served until the node is restarted.</summary>
    void DirectoryOffline(string path, string reason);

    /// <summary>
    /// The disk under the metadata log is full: topics and configurations cannot be changed, all else goes on.
    /// </summary>
    void MetadataLogFull(string reason);

    /// <summary>The metadata log takes records again.</summary>
    void MetadataLogHasRoom();

    /// <summary>
    /// A topic that clients need cannot be made; they ask again and again. Told once until the error changes.
    /// </summary>
    void TopicCreationFailed(string topic, ErrorCode error, string? message);

    /// <summary>
    /// An internal topic that is not there yet is to have more replicas than there are brokers, so that it cannot be
    /// made; <paramref name="key"/> says how many.
    /// </summary>
    void InternalTopicOutOfReach(string topic, string key, int replicas, int brokers);
}
