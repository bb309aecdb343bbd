namespace Barnabas.Configuration;

/// <summary>
/// The rhythm in which logs are looked after. What can differ between topics is in <see cref="TopicSettings"/>.
/// </summary>
public sealed record LogUpkeepSettings
{
    /// <summary>How long after the start all of the following begin.</summary>
    public required TimeSpan InitialDelay { get; init; }

    public required TimeSpan RetentionCheckInterval { get; init; }

    /// <summary>How often to look for partitions that must be forced to disk by time.</summary>
    public required TimeSpan FlushCheckInterval { get; init; }

    public required TimeSpan RecoveryPointCheckpointInterval { get; init; }

    public required TimeSpan LogStartOffsetCheckpointInterval { get; init; }

    public required TimeSpan HighWatermarkCheckpointInterval { get; init; }

    public required int RecoveryThreadsPerDirectory { get; init; }

    public required TimeSpan ProducerIdExpiration { get; init; }

    public required TimeSpan ProducerIdExpirationCheckInterval { get; init; }

    public static LogUpkeepSettings From(ConfigValues values) => new()
    {
        InitialDelay = Durations.OfMilliseconds(LogKeys.LogInitialTaskDelayMs.In(values)),
        RetentionCheckInterval = Durations.OfMilliseconds(LogKeys.LogRetentionCheckIntervalMs.In(values)),
        FlushCheckInterval = Durations.OfMilliseconds(LogKeys.LogFlushSchedulerIntervalMs.In(values)),
        RecoveryPointCheckpointInterval =
            Durations.OfMilliseconds(LogKeys.LogFlushOffsetCheckpointIntervalMs.In(values)),
        LogStartOffsetCheckpointInterval =
            Durations.OfMilliseconds(LogKeys.LogFlushStartOffsetCheckpointIntervalMs.In(values)),
        HighWatermarkCheckpointInterval =
            Durations.OfMilliseconds(ReplicationKeys.ReplicaHighWatermarkCheckpointIntervalMs.In(values)),
        RecoveryThreadsPerDirectory = LogKeys.NumRecoveryThreadsPerDataDir.In(values),
        ProducerIdExpiration = Durations.OfMilliseconds(LogKeys.ProducerIdExpirationMs.In(values)),
        ProducerIdExpirationCheckInterval =
            Durations.OfMilliseconds(LogKeys.ProducerIdExpirationCheckIntervalMs.In(values)),
    };
}
