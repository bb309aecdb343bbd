using Barnabas.Broker;
using Barnabas.Coordination;
using Barnabas.Storage;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>Writes what the broker has to tell into the log.</summary>
internal sealed class BrokerLog(ILoggerFactory loggers) : IBrokerEvents
{
    private readonly ILogger _storage = loggers.CreateLogger("storage");
    private readonly ILogger _topics = loggers.CreateLogger("topics");
    private readonly ILogger _groups = loggers.CreateLogger("groups");

    public void PartitionOffline(TopicPartition partition, string reason) =>
        Log.PartitionOffline(_storage, partition.ToString(), reason);

    public void RecordsDamaged(TopicPartition partition, string what) =>
        Log.RecordsDamaged(_storage, partition.ToString(), what);

    public void TransactionOpen(TopicPartition partition, OpenTransaction first) =>
        Log.TransactionOpen(_storage, partition.ToString(), first.ProducerId, first.FirstOffset.Value);

    public void DirectoryOffline(string path, string reason) => Log.DirectoryOffline(_storage, path, reason);

    public void MetadataLogFull(string reason) => Log.MetadataLogFull(_storage, reason);

    public void MetadataLogHasRoom() => Log.MetadataLogHasRoom(_storage);

    public void TopicCreationFailed(string topic, ErrorCode error, string? message) =>
        Log.TopicCreationFailed(_topics, topic, error, message);

    public void InternalTopicOutOfReach(string topic, string key, int replicas, int brokers) =>
        Log.InternalTopicOutOfReach(_topics, topic, key, replicas, brokers);

    public void PartitionMoved(
        int partition,
        LeaderEpoch epoch,
        CoordinatorPartitionState from,
        CoordinatorPartitionState to,
        string why) =>
        Log.CoordinatorMoved(_groups, partition, epoch.Value, from, to, why);

    public void GroupMoved(string groupId, int generation, ClassicGroupState from, ClassicGroupState to, string why) =>
        Log.GroupMoved(_groups, groupId, generation, from, to, why);
}
