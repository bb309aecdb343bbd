namespace Barnabas.Configuration;

/// <summary>
/// The rhythm in which logs are looked after. What can differ between topics is in <see cref="TopicSettings"/>.
/// </summary>
public sealed record LogUpkeepSettings
{
    public required TimeSpan RetentionCheckInterval { get; init; }

    public required TimeSpan RecoveryPointCheckpointInterval { get; init; }

    public required TimeSpan HighWatermarkCheckpointInterval { get; init; }

    public required TimeSpan ProducerIdExpiration { get; init; }

    public required TimeSpan ProducerIdExpirationCheckInterval { get; init; }

    public static LogUpkeepSettings From(ConfigValues values) => new()
    {
        RetentionCheckInterval = Durations.OfMilliseconds(LogKeys.LogRetentionCheckIntervalMs.In(values)),
        RecoveryPointCheckpointInterval =
            Durations.OfMilliseconds(LogKeys.LogFlushOffsetCheckpointIntervalMs.In(values)),
        HighWatermarkCheckpointInterval =
            Durations.OfMilliseconds(ReplicationKeys.ReplicaHighWatermarkCheckpointIntervalMs.In(values)),
        ProducerIdExpiration = Durations.OfMilliseconds(LogKeys.ProducerIdExpirationMs.In(values)),
        ProducerIdExpirationCheckInterval =
            Durations.OfMilliseconds(LogKeys.ProducerIdExpirationCheckIntervalMs.In(values)),
    };
}
