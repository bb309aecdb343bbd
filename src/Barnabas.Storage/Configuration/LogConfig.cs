using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// The topic configuration a log works by: Kafka's keys, typed. Immutable; a log takes a new one by a swap that holds
/// from the next call on. Durations that may be unlimited are null when they are.
/// </summary>
public sealed record LogConfig
{
    /// <summary>Kafka's default <c>segment.bytes</c>: 1 GiB.</summary>
    public const int SegmentBytesDefault = 1 << 30;

    /// <summary>Kafka's defaults throughout.</summary>
    public static LogConfig Default { get; } = new();

    /// <summary>
    /// <c>segment.bytes</c>: size beyond which a segment does not grow. At least 1 MiB in Kafka; tests go lower.
    /// </summary>
    public int SegmentBytes { get; init; } = SegmentBytesDefault;

    /// <summary><c>segment.ms</c>: age at which a segment is rolled although it is not full.</summary>
    public long SegmentMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary>
    /// <c>segment.jitter.ms</c>: up to this much is taken off <see cref="SegmentMs"/>, at random per segment.
    /// </summary>
    public long SegmentJitterMs { get; init; }

    /// <summary><c>segment.index.bytes</c>: size of an index at which its segment counts as full.</summary>
    public int SegmentIndexBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary><c>index.interval.bytes</c>: bytes of log between two entries of an index.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary><c>flush.messages</c>: records after which an fsync is asked for; long.MaxValue for never.</summary>
    public long FlushMessages { get; init; } = long.MaxValue;

    /// <summary>
    /// <c>flush.ms</c>: age of unflushed records at which an fsync is asked for; long.MaxValue for never.
    /// </summary>
    public long FlushMs { get; init; } = long.MaxValue;

    /// <summary><c>retention.bytes</c>: size of a partition above which old segments go; -1 for no limit.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary><c>retention.ms</c>: age of a segment's newest record above which it goes; -1 for no limit.</summary>
    public long RetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>file.delete.delay.ms</c>: time between the renaming of deleted files and their removal.</summary>
    public long FileDeleteDelayMs { get; init; } = 60_000;

    /// <summary><c>cleanup.policy</c> contains <c>delete</c>.</summary>
    public bool CleanupDelete { get; init; } = true;

    /// <summary>What is asked of the batches themselves: sizes, timestamps, compression, keys.</summary>
    public AppendRules Append { get; init; } = new();

    /// <summary><c>preallocate</c>: reserve the whole segment at once instead of in steps.</summary>
    public bool Preallocate { get; init; }

    /// <summary>Entries an offset index may have (8 bytes each).</summary>
    internal int OffsetIndexEntriesMax => Math.Max(1, SegmentIndexBytes / OffsetIndex.EntrySize);

    /// <summary>
    /// Entries a time index may have (12 bytes each); one stays free for the last timestamp of the segment.
    /// </summary>
    internal int TimeIndexEntriesMax => Math.Max(1, (SegmentIndexBytes / TimeIndex.EntrySize) - 1);
}
