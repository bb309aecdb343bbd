namespace Barnabas.Storage;

/// <summary>How often housekeeping does what. The defaults are Kafka's, where Kafka has the thing.</summary>
public sealed record LogHousekeepingIntervals
{
    /// <summary>
    /// Positions for a restart, flushes that are due, removal of deleted files. What was appended since the last round
    /// is what a restart must validate.
    /// </summary>
    public TimeSpan ValidatedPositions { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>replica.high.watermark.checkpoint.interval.ms</c></summary>
    public TimeSpan HighWatermarks { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>log.flush.offset.checkpoint.interval.ms</c>, and the same for log start offsets.</summary>
    public TimeSpan RecoveryPoints { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>log.retention.check.interval.ms</c></summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>producer.id.expiration.check.interval.ms</c></summary>
    public TimeSpan ProducerExpiration { get; init; } = TimeSpan.FromMinutes(10);
}
