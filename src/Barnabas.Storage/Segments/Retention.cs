using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>Which segments have had their time. Pure.</summary>
/// <remarks>
/// Only a prefix of the log is ever deletable, and nothing at or above the high watermark: the log start offset must
/// not pass it. An empty active segment stays, for there is nothing to gain.
/// </remarks>
internal static class Retention
{
    /// <summary>How many of the oldest segments go, and why the last of them does.</summary>
    public static RetentionResult Decide(
        ReadOnlySpan<SegmentSummary> segments,
        LogConfig config,
        Offset logStartOffset,
        Offset highWatermark,
        long nowMs)
    {
        long excess = -1;
        if (config.CleanupDelete && config.RetentionBytes >= 0)
        {
            excess = -config.RetentionBytes;
            foreach (SegmentSummary segment in segments)
            {
                excess += segment.Size;
            }
        }

        int count = 0;
        RetentionReason reason = RetentionReason.None;
        foreach (SegmentSummary segment in segments)
        {
            bool isLast = count == segments.Length - 1;
            if (segment.EndOffset > highWatermark || (isLast && segment.Size == 0))
            {
                break;
            }

            RetentionReason due = ReasonFor(segment, isLast, config, logStartOffset, excess, nowMs);
            if (due == RetentionReason.None)
            {
                break;
            }

            reason = due;
            excess -= segment.Size;
            count++;
        }

        return new RetentionResult(count, reason);
    }

    private static RetentionReason ReasonFor(
        SegmentSummary segment, bool isLast, LogConfig config, Offset logStartOffset, long excess, long nowMs)
    {
        if (!isLast && segment.EndOffset <= logStartOffset)
        {
            return RetentionReason.LogStartOffset;
        }

        if (!config.CleanupDelete)
        {
            return RetentionReason.None;
        }

        if (excess - segment.Size >= 0)
        {
            return RetentionReason.Size;
        }

        return config.RetentionMs >= 0 && nowMs - segment.LargestTimestamp > config.RetentionMs
            ? RetentionReason.Time
            : RetentionReason.None;
    }
}
