using System.Collections.Concurrent;
using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Storage;

namespace Barnabas.Broker.Tests;

/// <summary>Keeps what a node says about itself.</summary>
internal sealed class TestEvents : IBrokerEvents
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentQueue<string> _offline = new();
    private readonly ConcurrentQueue<string> _metadataRoom = new();
    private readonly ConcurrentQueue<string> _creations = new();
    private readonly ConcurrentQueue<string> _openTransactions = new();
    private readonly ConcurrentQueue<string> _damage = new();

    public IReadOnlyList<string> Faults => [.. _faults];

    /// <summary>Partitions and directories that went offline, with the reason.</summary>
    public IReadOnlyList<string> Offline => [.. _offline];

    /// <summary>Partitions that were opened with an open transaction.</summary>
    public IReadOnlyList<string> OpenTransactions => [.. _openTransactions];

    /// <summary>What was said of records that cannot be read.</summary>
    public IReadOnlyList<string> Damage => [.. _damage];

    /// <summary>What was said of the room for the metadata log, oldest first.</summary>
    public IReadOnlyList<string> MetadataRoom => [.. _metadataRoom];

    /// <summary>What was said of topics that cannot be made, oldest first.</summary>
    public IReadOnlyList<string> Creations => [.. _creations];

    public string? Failure { get; set; }

    public void OnFault(string mailbox, Exception fault) => _faults.Enqueue($"{mailbox}: {fault}");

    public void PartitionOffline(TopicPartition partition, string reason) => _offline.Enqueue($"{partition}: {reason}");

    public void DirectoryOffline(string path, string reason) => _offline.Enqueue($"{path}: {reason}");

    public void RecordsDamaged(TopicPartition partition, string what) => _damage.Enqueue($"{partition}: {what}");

    public void TransactionOpen(TopicPartition partition, OpenTransaction first) =>
        _openTransactions.Enqueue($"{partition}: producer {first.ProducerId} from {first.FirstOffset}");

    public void MetadataLogFull(string reason) => _metadataRoom.Enqueue($"full: {reason}");

    public void MetadataLogHasRoom() => _metadataRoom.Enqueue("room");

    public void TopicCreationFailed(string topic, ErrorCode error, string? message) =>
        _creations.Enqueue($"{topic}: {error}, {message}");

    public void InternalTopicOutOfReach(string topic, string key, int replicas, int brokers) =>
        _creations.Enqueue($"{topic}: {key} is {replicas} of {brokers}");

    public void PartitionMoved(
        int partition, LeaderEpoch epoch, CoordinatorPartitionState from, CoordinatorPartitionState to, string why)
    {
    }

    public void GroupMoved(string groupId, int generation, ClassicGroupState from, ClassicGroupState to, string why)
    {
    }
}
