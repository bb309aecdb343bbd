namespace Barnabas.Configuration;

/// <summary>
/// The settings of one topic with their defaults filled in. Immutable. Durations saturate: Kafka's largest number is
/// <see cref="TimeSpan.MaxValue"/>.
/// </summary>
public sealed record TopicSettings
{
    /// <summary>In bytes.</summary>
    public required int SegmentBytesMax { get; init; }

    public required TimeSpan SegmentAgeMax { get; init; }

    /// <summary>What may be taken off <see cref="SegmentAgeMax"/> at random.</summary>
    public required TimeSpan SegmentJitterMax { get; init; }

    /// <summary>In bytes of one index file.</summary>
    public required int IndexBytesMax { get; init; }

    /// <summary>In bytes of log between two index entries.</summary>
    public required int IndexIntervalBytes { get; init; }

    /// <summary>In bytes of one partition; null: without bound.</summary>
    public required long? RetentionBytes { get; init; }

    /// <summary>Null: for ever.</summary>
    public required TimeSpan? Retention { get; init; }

    public required CleanupPolicies CleanupPolicies { get; init; }

    public required TimeSpan FileDeleteDelay { get; init; }

    /// <summary>In records.</summary>
    public required long FlushAfterRecords { get; init; }

    public required TimeSpan FlushAfter { get; init; }

    public required bool Preallocate { get; init; }

    /// <summary>In bytes of one batch as it lies on disk.</summary>
    public required int BatchBytesMax { get; init; }

    /// <summary>In bytes of one record after decompression.</summary>
    public required int DecompressedRecordBytesMax { get; init; }

    public required TimestampSource TimestampSource { get; init; }

    public required TimeSpan TimestampBeforeMax { get; init; }

    public required TimeSpan TimestampAfterMax { get; init; }

    public required int InSyncReplicasMin { get; init; }

    /// <summary>The codec of stored batches; null: as the producer chose.</summary>
    public required CompressionType? Compression { get; init; }

    /// <summary>The level of <see cref="Compression"/>; null where the codec has none.</summary>
    public required int? CompressionLevel { get; init; }

    /// <summary>
    /// The settings of a topic with these overrides on a broker with these values. Overrides that do not parse (they
    /// can only come from a newer version) count as not set.
    /// </summary>
    public static TopicSettings From(IReadOnlyDictionary<string, string> overrides, ConfigValues broker)
    {
        ConfigValues values = TopicConfigs.Values(overrides, broker);
        CompressionType? compression = CompressionOf(TopicKeys.CompressionType.In(values));
        return new TopicSettings
        {
            SegmentBytesMax = TopicKeys.InternalSegmentBytes.In(values) ?? TopicKeys.SegmentBytes.In(values),
            SegmentAgeMax = Durations.OfMilliseconds(TopicKeys.SegmentMs.In(values)),
            SegmentJitterMax = Durations.OfMilliseconds(TopicKeys.SegmentJitterMs.In(values)),
            IndexBytesMax = TopicKeys.SegmentIndexBytes.In(values),
            IndexIntervalBytes = TopicKeys.IndexIntervalBytes.In(values),
            RetentionBytes = TopicKeys.RetentionBytes.In(values) is >= 0 and long bytes ? bytes : null,
            Retention = Durations.OfMillisecondsOrNone(TopicKeys.RetentionMs.In(values)),
            CleanupPolicies = PoliciesOf(TopicKeys.CleanupPolicy.In(values)),
            FileDeleteDelay = Durations.OfMilliseconds(TopicKeys.FileDeleteDelayMs.In(values)),
            FlushAfterRecords = TopicKeys.FlushMessages.In(values),
            FlushAfter = Durations.OfMilliseconds(TopicKeys.FlushMs.In(values)),
            Preallocate = TopicKeys.Preallocate.In(values),
            BatchBytesMax = TopicKeys.MaxMessageBytes.In(values),
            DecompressedRecordBytesMax = TopicKeys.MaxDecompressedMessageBytes.In(values),
            TimestampSource = TopicKeys.MessageTimestampType.In(values) == "LogAppendTime"
                ? TimestampSource.LogAppendTime
                : TimestampSource.CreateTime,
            TimestampBeforeMax = Durations.OfMilliseconds(TopicKeys.MessageTimestampBeforeMaxMs.In(values)),
            TimestampAfterMax = Durations.OfMilliseconds(TopicKeys.MessageTimestampAfterMaxMs.In(values)),
            InSyncReplicasMin = TopicKeys.MinInSyncReplicas.In(values),
            Compression = compression,
            CompressionLevel = compression switch
            {
                Kernel.CompressionType.Gzip => TopicKeys.CompressionGzipLevel.In(values),
                Kernel.CompressionType.Lz4 => TopicKeys.CompressionLz4Level.In(values),
                Kernel.CompressionType.Zstd => TopicKeys.CompressionZstdLevel.In(values),
                _ => null,
            },
        };
    }

    private static CleanupPolicies PoliciesOf(IReadOnlyList<string> names)
    {
        CleanupPolicies policies = CleanupPolicies.None;
        foreach (string name in names)
        {
            policies |= name == "compact" ? CleanupPolicies.Compact : CleanupPolicies.Delete;
        }

        return policies;
    }

    private static CompressionType? CompressionOf(string name) => name switch
    {
        "uncompressed" => Kernel.CompressionType.None,
        "gzip" => Kernel.CompressionType.Gzip,
        "snappy" => Kernel.CompressionType.Snappy,
        "lz4" => Kernel.CompressionType.Lz4,
        "zstd" => Kernel.CompressionType.Zstd,
        _ => null,
    };
}
