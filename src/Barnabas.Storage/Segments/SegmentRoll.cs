namespace Barnabas.Storage;

/// <summary>When a segment gets no more batches. Pure.</summary>
internal static class SegmentRoll
{
    /// <summary>Must a batch with this maximum timestamp and last offset go to a new segment?</summary>
    public static bool IsDue(in SegmentRollInput input, LogConfig config)
    {
        if (input.SegmentSize == 0)
        {
            // An empty segment can only be in the way of offsets too far from its base.
            return input.LastRelativeOffset > int.MaxValue;
        }

        // Where records have timestamps, age is measured in their time, so that replaying old data rolls as often as
        // living through it; the clock decides only for records without one.
        long waited = input.FirstTimestamp >= 0
            ? input.MaxTimestamp - input.FirstTimestamp
            : input.NowMs - input.CreatedMs;
        return input.SegmentSize > config.SegmentBytes - (long)input.AppendBytes
            || waited > config.SegmentMs - input.RollJitterMs
            || input.OffsetIndexEntries >= config.OffsetIndexEntriesMax
            || input.TimeIndexEntries >= config.TimeIndexEntriesMax
            || input.LastRelativeOffset > int.MaxValue;
    }
}
