using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>Which offset of a partition is asked for.</summary>
public readonly record struct OffsetSpec
{
    private OffsetSpec(long timestamp, short lowestVersion)
    {
        Timestamp = timestamp;
        LowestVersion = lowestVersion;
    }

    /// <summary>That of the next record: the end of the log, or of what readers of committed records may see.</summary>
    public static OffsetSpec Latest => new(-1, 0);

    /// <summary>That of the first record that is still there.</summary>
    public static OffsetSpec Earliest => new(-2, 0);

    /// <summary>
    /// That of the record with the greatest timestamp (KIP-734); <see cref="Offset.None"/> in an empty log.
    /// </summary>
    public static OffsetSpec MaxTimestamp => new(-3, 7);

    /// <summary>
    /// That of the first record that the leader itself has, if older ones are in remote storage (KIP-405).
    /// </summary>
    public static OffsetSpec EarliestLocal => new(-4, 8);

    /// <summary>That of the last record in remote storage (KIP-1005); <see cref="Offset.None"/> without one.</summary>
    public static OffsetSpec LatestTiered => new(-5, 9);

    internal long Timestamp { get; }

    /// <summary>The version of ListOffsets that first knew it.</summary>
    internal short LowestVersion { get; }

    /// <summary>
    /// That of the first record whose timestamp is this one or a later one; <see cref="Offset.None"/> if there is none.
    /// </summary>
    public static OffsetSpec At(DateTimeOffset time) => At(time.ToUnixTimeMilliseconds());

    /// <inheritdoc cref="At(DateTimeOffset)"/>
    /// <param name="timestampMs">Milliseconds since 1970, not negative.</param>
    public static OffsetSpec At(long timestampMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(timestampMs);
        return new OffsetSpec(timestampMs, 0);
    }
}
