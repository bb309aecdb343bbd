using Barnabas.Coordination;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>All that this room says. Numbers are stable: tools may look for them.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Barnabas {Version} starting as node {NodeId} on {Runtime}, {System}")]
    public static partial void Starting(ILogger log, string version, int nodeId, string runtime, string system);

    [LoggerMessage(2, LogLevel.Warning, "Known keys without effect in this version: {Keys}")]
    public static partial void KeysWithoutEffect(ILogger log, string keys);

    [LoggerMessage(3, LogLevel.Information, "Listening on {Endpoint}")]
    public static partial void Listening(ILogger log, string endpoint);

    [LoggerMessage(4, LogLevel.Information, "Node {NodeId} is ready after {Milliseconds:F1} ms")]
    public static partial void Ready(ILogger log, int nodeId, double milliseconds);

    [LoggerMessage(5, LogLevel.Error, "Cannot start: {Reason}")]
    public static partial void CannotOpen(ILogger log, string reason);

    [LoggerMessage(6, LogLevel.Information, "Stopping on {Signal}; Ctrl+C twice ends at once")]
    public static partial void StopAsked(ILogger log, string signal);

    [LoggerMessage(7, LogLevel.Critical, "Stopping because the node cannot go on: {Reason}")]
    public static partial void GaveUp(ILogger log, string reason);

    [LoggerMessage(8, LogLevel.Information, "Stopped")]
    public static partial void Closed(ILogger log);

    [LoggerMessage(9, LogLevel.Information, "Metrics, health and readiness at http://{Endpoint}/metrics")]
    public static partial void MetricsServed(ILogger log, string endpoint);

    [LoggerMessage(10, LogLevel.Error, "No metrics, health and readiness at {Endpoint}: {Reason}")]
    public static partial void MetricsUnavailable(ILogger log, string endpoint, string reason);

    [LoggerMessage(11, LogLevel.Warning, "Configuration: {Note}")]
    public static partial void ConfigurationNote(ILogger log, string note);

    [LoggerMessage(12, LogLevel.Information, "Opening data directories {Directories}")]
    public static partial void Opening(ILogger log, string directories);

    [LoggerMessage(13, LogLevel.Error, "A turn of {Mailbox} failed")]
    public static partial void MailboxFault(ILogger log, string mailbox, Exception failure);

    [LoggerMessage(14, LogLevel.Warning, "The node did not close within {Seconds} s; the next start recovers")]
    public static partial void CloseTookTooLong(ILogger log, double seconds);

    [LoggerMessage(15, LogLevel.Error, "Partition {Partition} is offline: {Reason}")]
    public static partial void PartitionOffline(ILogger log, string partition, string reason);

    [LoggerMessage(16, LogLevel.Critical, "Log directory {Path} is offline: {Reason}")]
    public static partial void DirectoryOffline(ILogger log, string path, string reason);

    [LoggerMessage(19, LogLevel.Error, "Metadata cannot be changed until there is room: {Reason}")]
    public static partial void MetadataLogFull(ILogger log, string reason);

    [LoggerMessage(20, LogLevel.Information, "Metadata can be changed again")]
    public static partial void MetadataLogHasRoom(ILogger log);

    [LoggerMessage(21, LogLevel.Warning, "Topic {Topic} cannot be created, though clients need it: {Error}, {Message}")]
    public static partial void TopicCreationFailed(ILogger log, string topic, ErrorCode error, string? message);

    [LoggerMessage(
        22,
        LogLevel.Warning,
        "{Key} is {Replicas}, but the cluster has {Brokers} broker(s): {Topic} cannot be created when it is needed")]
    public static partial void InternalTopicOutOfReach(
        ILogger log, string topic, string key, int replicas, int brokers);

    [LoggerMessage(
        23,
        LogLevel.Warning,
        "Partition {Partition}: producer {ProducerId} has left a transaction open. Consumers that read committed "
        + "records stop at offset {Offset}, for this version does not end transactions; Apache Kafka does")]
    public static partial void TransactionOpen(ILogger log, string partition, long producerId, long offset);

    [LoggerMessage(24, LogLevel.Error, "Partition {Partition} has lost records: {What}. Consumers stop there")]
    public static partial void RecordsDamaged(ILogger log, string partition, string what);

    [LoggerMessage(17, LogLevel.Debug, "Coordinator of partition {Partition}, epoch {Epoch}: {From} to {To}, {Why}")]
    public static partial void CoordinatorMoved(
        ILogger log,
        int partition,
        int epoch,
        CoordinatorPartitionState from,
        CoordinatorPartitionState to,
        string why);

    [LoggerMessage(18, LogLevel.Information, "Group {Group}, generation {Generation}: {From} to {To}, {Why}")]
    public static partial void GroupMoved(
        ILogger log, string group, int generation, ClassicGroupState from, ClassicGroupState to, string why);
}
