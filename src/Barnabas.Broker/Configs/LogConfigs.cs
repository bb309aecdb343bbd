using Barnabas.Configuration;
using Barnabas.Records;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>Turns a topic's settings into what its logs work by.</summary>
internal static class LogConfigs
{
    public static LogConfig From(TopicSettings settings) => new()
    {
        SegmentBytes = settings.SegmentBytesMax,
        SegmentMs = Milliseconds(settings.SegmentAgeMax),
        SegmentJitterMs = Milliseconds(settings.SegmentJitterMax),
        SegmentIndexBytes = settings.IndexBytesMax,
        IndexIntervalBytes = settings.IndexIntervalBytes,
        FlushMessages = settings.FlushAfterRecords,
        FlushMs = Milliseconds(settings.FlushAfter),
        RetentionBytes = settings.RetentionBytes ?? -1,
        RetentionMs = settings.Retention is { } retention ? Milliseconds(retention) : -1,
        FileDeleteDelayMs = Milliseconds(settings.FileDeleteDelay),
        CleanupDelete = settings.CleanupPolicies.HasFlag(CleanupPolicies.Delete),
        Preallocate = settings.Preallocate,
        Append = new AppendRules
        {
            TimestampType = settings.TimestampSource == TimestampSource.LogAppendTime
                ? TimestampType.LogAppendTime
                : TimestampType.CreateTime,
            TimestampBeforeMaxMs = Milliseconds(settings.TimestampBeforeMax),
            TimestampAfterMaxMs = Milliseconds(settings.TimestampAfterMax),
            MaxMessageBytes = settings.BatchBytesMax,
            MaxDecompressedRecordBytes = settings.DecompressedRecordBytesMax,
            Compression = settings.Compression,
            CompressionLevel = settings.CompressionLevel,
            IsCompacted = settings.CleanupPolicies.HasFlag(CleanupPolicies.Compact),
        },
    };

    /// <summary>Kafka's largest number stands for "no limit" on both sides.</summary>
    private static long Milliseconds(TimeSpan duration) =>
        duration == TimeSpan.MaxValue ? long.MaxValue : (long)duration.TotalMilliseconds;
}
