using Barnabas.Kernel;

namespace Barnabas.Storage.Tests;

/// <summary>KIP-101 and KIP-279: where epochs begin and end.</summary>
public sealed class LeaderEpochCacheTests
{
    private readonly LeaderEpochCache _cache = Of((2, 10), (4, 20), (7, 35));

    [Theory]
    [InlineData(7, 7, 50)]
    [InlineData(4, 4, 35)]
    [InlineData(5, 4, 35)]
    [InlineData(6, 4, 35)]
    [InlineData(3, 2, 20)]
    [InlineData(2, 2, 20)]
    [InlineData(1, 1, 10)]
    [InlineData(8, -1, -1)]
    [InlineData(-1, -1, -1)]
    public void An_epoch_ends_where_the_next_one_in_the_log_begins(int asked, int epoch, long end) =>
        Assert.Equal(
            new EpochEndOffset(new LeaderEpoch(epoch), new Offset(end)),
            _cache.EndOffsetFor(new LeaderEpoch(asked), new Offset(50)));

    [Theory]
    [InlineData(9, -1)]
    [InlineData(10, 2)]
    [InlineData(34, 4)]
    [InlineData(1000, 7)]
    public void An_offset_belongs_to_the_epoch_that_began_before_it(long offset, int epoch) =>
        Assert.Equal(new LeaderEpoch(epoch), _cache.EpochAt(new Offset(offset)));

    [Fact]
    public void Cutting_the_end_drops_epochs_that_began_there_or_later()
    {
        _cache.TruncateFromEnd(new Offset(35));
        Assert.Equal(Of((2, 10), (4, 20)).Entries.ToArray(), _cache.Entries.ToArray());
    }

    [Fact]
    public void Cutting_the_start_lets_the_spanning_epoch_begin_there()
    {
        _cache.TruncateFromStart(new Offset(25));
        Assert.Equal(Of((4, 25), (7, 35)).Entries.ToArray(), _cache.Entries.ToArray());
        ReadOnlySpan<EpochEntry> before = _cache.Entries;
        _cache.TruncateFromStart(new Offset(25));
        Assert.True(before == _cache.Entries, "the same array, not an equal one");
    }

    [Fact]
    public void A_new_epoch_removes_what_it_contradicts()
    {
        _cache.Assign(new LeaderEpoch(5), new Offset(20));
        Assert.Equal(Of((2, 10), (5, 20)).Entries.ToArray(), _cache.Entries.ToArray());
    }

    [Fact]
    public void The_file_form_comes_back_and_damage_is_noticed()
    {
        byte[] file = LeaderEpochCheckpoint.Format(_cache.Entries);
        Assert.Equal("0\n3\n2 10\n4 20\n7 35\n"u8.ToArray(), file);
        Assert.Equal(_cache.Entries.ToArray(), LeaderEpochCheckpoint.Parse(file, "f"));
        foreach (string bad in (string[])
            ["1\n0\n", "0\n2\n1 1\n", "0\n1\n1\n", "0\n1\n-1 5\n", "0\nx\n", "0\n1\n1 -5\n"])
        {
            Assert.Throws<CheckpointFormatException>(
                () => LeaderEpochCheckpoint.Parse(System.Text.Encoding.UTF8.GetBytes(bad), "f"));
        }
    }

    private static LeaderEpochCache Of(params (int Epoch, long Start)[] entries)
    {
        var cache = new LeaderEpochCache();
        foreach ((int epoch, long start) in entries)
        {
            cache.Assign(new LeaderEpoch(epoch), new Offset(start));
        }

        return cache;
    }
}
