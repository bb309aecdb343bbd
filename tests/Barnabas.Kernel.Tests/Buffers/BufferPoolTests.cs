namespace Barnabas.Kernel.Tests;

public sealed class BufferPoolTests
{
    private const int KiB = 1024;

    [Theory]
    [InlineData(0, 4 * KiB)]
    [InlineData(1, 4 * KiB)]
    [InlineData(4 * KiB, 4 * KiB)]
    [InlineData((4 * KiB) + 1, 8 * KiB)]
    [InlineData(64 * KiB, 64 * KiB)]
    [InlineData(100_000, 128 * KiB)]
    public void A_buffer_has_the_next_power_of_two(int asked, int expected)
    {
        BufferPool pool = new();
        Assert.True(pool.TryRent(asked, "test", out BufferLease lease));
        Assert.Equal(expected, lease.Length);
        Assert.Equal(expected, pool.RentedBytes);
        lease.Return();
        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public void Renting_past_the_limit_fails_and_changes_nothing()
    {
        BufferPool pool = new(new BufferPoolOptions { LimitBytes = 16 * KiB });
        Assert.True(pool.TryRent(8 * KiB, "first", out BufferLease first));
        Assert.True(pool.TryRent(8 * KiB, "second", out BufferLease second));
        Assert.False(pool.TryRent(1, "third", out BufferLease third));
        Assert.True(third.IsEmpty);
        Assert.Equal(16 * KiB, pool.RentedBytes);
        first.Return();
        Assert.True(pool.TryRent(1, "third", out third));
        third.Return();
        second.Return();
        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public void A_size_above_the_largest_or_below_zero_is_refused()
    {
        BufferPool pool = new(new BufferPoolOptions { BufferBytesMax = 64 * KiB });
        Assert.False(pool.TryRent((64 * KiB) + 1, "test", out _));
        Assert.False(pool.TryRent(int.MaxValue, "test", out _));
        Assert.False(pool.TryRent(-1, "test", out _));
    }

    [Fact]
    public void Idle_buffers_give_way_to_a_size_that_is_needed()
    {
        BufferPool pool = new(new BufferPoolOptions { LimitBytes = 64 * KiB, IdleBytesMax = 64 * KiB });
        Assert.True(pool.TryRent(32 * KiB, "test", out BufferLease first));
        Assert.True(pool.TryRent(32 * KiB, "test", out BufferLease second));
        first.Return();
        second.Return();
        Assert.Equal(64 * KiB, pool.IdleBytes);
        Assert.True(pool.TryRent(64 * KiB, "test", out BufferLease large));
        Assert.Equal(64 * KiB, pool.RentedBytes + pool.IdleBytes);
        large.Return();
    }

    [Fact]
    public void What_is_returned_beyond_the_idle_limit_is_let_go()
    {
        BufferPool pool = new(new BufferPoolOptions { IdleBytesMax = 8 * KiB });
        Assert.True(pool.TryRent(8 * KiB, "test", out BufferLease kept));
        Assert.True(pool.TryRent(8 * KiB, "test", out BufferLease dropped));
        kept.Return();
        dropped.Return();
        Assert.Equal(8 * KiB, pool.IdleBytes);
    }

    [Fact]
    public void A_second_return_is_detected_even_after_the_buffer_was_rented_again()
    {
        BufferPool pool = new();
        Assert.True(pool.TryRent(1, "first", out BufferLease first));
        BufferLease copy = first;
        first.Return();
        Assert.Throws<InvariantBrokenException>(copy.Return);
        Assert.True(pool.TryRent(1, "second", out BufferLease second));
        Assert.Throws<InvariantBrokenException>(copy.Return);
        Assert.Throws<InvariantBrokenException>(() => copy.Array);
        second.Return();
    }

    [Fact]
    public void A_tracking_pool_names_who_holds_a_buffer()
    {
        BufferPool pool = new(new BufferPoolOptions { TrackLeases = true });
        Assert.True(pool.TryRent(5000, "the reply of a fetch", out BufferLease lease));
        Assert.Equal(["the reply of a fetch (8192 bytes)"], pool.Outstanding());
        lease.Return();
        Assert.Empty(pool.Outstanding());
    }

    [Fact]
    public void Renting_and_returning_a_warm_size_allocates_nothing()
    {
        BufferPool pool = new();
        Cycle(pool, 10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Cycle(pool, 1000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Threads_that_share_a_pool_never_share_a_buffer()
    {
        BufferPool pool = new(new BufferPoolOptions { LimitBytes = 64 * KiB, IdleBytesMax = 64 * KiB });
        Thread[] threads = new Thread[4];
        int mixed = 0;
        for (int i = 0; i < threads.Length; i++)
        {
            byte mark = (byte)(i + 1);
            threads[i] = new Thread(() =>
            {
                for (int round = 0; round < 5000; round++)
                {
                    if (pool.TryRent(4 * KiB << (round % 3), "thread", out BufferLease lease))
                    {
                        lease.Span.Fill(mark);
                        Thread.Yield();
                        if (lease.Span.IndexOfAnyExcept(mark) >= 0)
                        {
                            Interlocked.Increment(ref mixed);
                        }

                        lease.Return();
                    }
                }
            });
            threads[i].Start();
        }

        Array.ForEach(threads, static thread => thread.Join());
        Assert.Equal(0, mixed);
        Assert.Equal(0, pool.RentedBytes);
        Assert.True(pool.IdleBytes <= 64 * KiB);
    }

    private static void Cycle(BufferPool pool, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Assert.True(pool.TryRent(16 * KiB, "cycle", out BufferLease lease));
            lease.Span[0] = 1;
            lease.Return();
        }
    }
}
