using Barnabas.Kernel;

namespace Barnabas.Storage.Tests;

/// <summary>When segments roll and when they go: decisions without a disk.</summary>
public sealed class SegmentRulesTests
{
    private static readonly LogConfig _config = LogConfig.Default with
    {
        SegmentBytes = 1000,
        SegmentMs = 100,
        SegmentIndexBytes = 80,
    };

    private static readonly SegmentRollInput _quiet = new(
        SegmentSize: 500,
        AppendBytes: 500,
        FirstTimestamp: 1000,
        MaxTimestamp: 1100,
        CreatedMs: 0,
        NowMs: 10_000,
        RollJitterMs: 0,
        OffsetIndexEntries: 9,
        TimeIndexEntries: 4,
        LastRelativeOffset: int.MaxValue);

    [Fact]
    public void A_segment_rolls_by_size_age_full_index_and_distance_and_for_nothing_else()
    {
        Assert.False(SegmentRoll.IsDue(_quiet, _config));
        Assert.True(SegmentRoll.IsDue(_quiet with { AppendBytes = 501 }, _config));
        Assert.True(SegmentRoll.IsDue(_quiet with { MaxTimestamp = 1101 }, _config));
        Assert.True(SegmentRoll.IsDue(_quiet with { RollJitterMs = 1 }, _config));
        Assert.True(SegmentRoll.IsDue(_quiet with { OffsetIndexEntries = 10 }, _config));
        Assert.True(SegmentRoll.IsDue(_quiet with { TimeIndexEntries = 5 }, _config));
        Assert.True(SegmentRoll.IsDue(_quiet with { LastRelativeOffset = int.MaxValue + 1L }, _config));
    }

    [Fact]
    public void Without_timestamps_the_clock_decides_and_an_empty_segment_never_rolls_by_age()
    {
        SegmentRollInput plain = _quiet with { FirstTimestamp = -1, NowMs = 100 };
        Assert.False(SegmentRoll.IsDue(plain, _config));
        Assert.True(SegmentRoll.IsDue(plain with { NowMs = 101 }, _config));
        Assert.False(SegmentRoll.IsDue(plain with { NowMs = 101, SegmentSize = 0, AppendBytes = 5000 }, _config));
    }

    [Theory]
    [InlineData(300, 0, RetentionReason.None)]
    [InlineData(299, 0, RetentionReason.None)]
    [InlineData(200, 1, RetentionReason.Size)]
    [InlineData(100, 2, RetentionReason.Size)]
    [InlineData(0, 3, RetentionReason.Size)]
    public void Size_takes_segments_as_long_as_enough_is_left(long bytes, int count, RetentionReason reason) =>
        Assert.Equal(
            new RetentionResult(count, reason),
            Decide(_config with { RetentionBytes = bytes, RetentionMs = -1 }));

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(899, 1)]
    [InlineData(700, 2)]
    public void Age_takes_segments_whose_newest_record_is_too_old(long ms, int count) =>
        Assert.Equal(count, Decide(_config with { RetentionMs = ms }).Segments);

    [Fact]
    public void Nothing_at_or_above_the_high_watermark_goes_and_an_empty_last_segment_stays()
    {
        LogConfig nothingStays = _config with { RetentionMs = 0 };
        Assert.Equal(1, Decide(nothingStays, highWatermark: 15).Segments);
        Assert.Equal(3, Decide(nothingStays).Segments);
        Assert.Equal(2, Decide(nothingStays, lastSize: 0).Segments);
    }

    [Fact]
    public void The_log_start_takes_segments_below_it_whatever_the_policy()
    {
        LogConfig compacted = _config with { CleanupDelete = false, RetentionMs = 0, RetentionBytes = 0 };
        Assert.Equal(
            new RetentionResult(2, RetentionReason.LogStartOffset), Decide(compacted, logStart: 25));
        Assert.Equal(0, Decide(compacted).Segments);
        Assert.Equal(2, Decide(compacted, logStart: 30).Segments);
    }

    private static RetentionResult Decide(
        LogConfig config, long logStart = 0, long highWatermark = 30, int lastSize = 100) => Retention.Decide(
        [
            new SegmentSummary(new Offset(10), 100, 100),
            new SegmentSummary(new Offset(20), 100, 200),
            new SegmentSummary(new Offset(30), lastSize, 500),
        ],
        config,
        new Offset(logStart),
        new Offset(highWatermark),
        nowMs: 1000);
}
