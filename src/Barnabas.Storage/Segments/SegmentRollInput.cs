namespace Barnabas.Storage;

/// <summary>What <see cref="SegmentRoll"/> decides by.</summary>
/// <param name="LastRelativeOffset">Last offset to append, relative to the segment's base.</param>
internal readonly record struct SegmentRollInput(
    int SegmentSize,
    int AppendBytes,
    long FirstTimestamp,
    long MaxTimestamp,
    long CreatedMs,
    long NowMs,
    long RollJitterMs,
    int OffsetIndexEntries,
    int TimeIndexEntries,
    long LastRelativeOffset);
