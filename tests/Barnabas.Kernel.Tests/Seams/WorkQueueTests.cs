namespace Barnabas.Kernel.Tests;

public sealed class WorkQueueTests
{
    [Fact]
    public void Items_run_in_posting_order_and_only_the_first_post_asks_for_a_wake_up()
    {
        WorkQueue queue = new();
        List<int> ran = [];
        Item[] items = [.. Enumerable.Range(0, 10).Select(i => new Item(() => ran.Add(i)))];
        Assert.True(queue.IsEmpty);
        Assert.True(queue.Post(items[0]));
        Assert.All(items[1..], item => Assert.False(queue.Post(item)));
        Assert.False(queue.Post(items[5]));
        Assert.Equal(10, queue.Drain());
        Assert.Equal(Enumerable.Range(0, 10), ran);
        Assert.True(queue.IsEmpty);
        Assert.True(queue.Post(items[5]));
    }

    [Fact]
    public void An_item_that_posts_itself_waits_for_the_next_call()
    {
        WorkQueue queue = new();
        int ran = 0;
        Item? item = null;
        item = new Item(() =>
        {
            ran++;
            queue.Post(item!);
        });
        queue.Post(item);
        Assert.Equal(1, queue.Drain());
        Assert.Equal(1, queue.Drain());
        Assert.Equal(2, ran);
    }

    [Fact]
    public void The_items_behind_one_that_throws_are_not_lost()
    {
        WorkQueue queue = new();
        List<string> ran = [];
        Item first = new(() => ran.Add("first"));
        Item second = new(static () => throw new InvalidOperationException());
        Item third = new(() => ran.Add("third"));
        Item late = new(() => ran.Add("late"));
        queue.Post(first);
        queue.Post(second);
        queue.Post(third);
        Assert.Throws<InvalidOperationException>(() => queue.Drain());
        Assert.False(queue.IsEmpty);
        queue.Post(late);
        Assert.Equal(1, queue.Drain());
        Assert.Equal(1, queue.Drain());
        Assert.Equal(["first", "third", "late"], ran);
    }

    /// <summary>
    /// Four threads post items of their own over and over while one drains, sleeping whenever no wake-up is promised.
    /// A lost wake-up would hang, a lost or doubled item would show in the sums.
    /// </summary>
    [Fact]
    public void Under_contention_no_post_and_no_wake_up_is_lost()
    {
        const int Threads = 4, Rounds = 20_000;
        WorkQueue queue = new();
        using SemaphoreSlim wake = new(0);
        int[] last = new int[Threads];
        int disorder = 0;
        Thread[] posters = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            int own = t;
            posters[t] = new Thread(() =>
            {
                for (int i = 1; i <= Rounds; i++)
                {
                    int number = i;
                    Item item = new(() =>
                    {
                        disorder += last[own] == number - 1 ? 0 : 1;
                        last[own] = number;
                    });
                    if (queue.Post(item))
                    {
                        wake.Release();
                    }
                }
            });
        }

        Array.ForEach(posters, static poster => poster.Start());
        int ran = 0;
        while (ran < Threads * Rounds)
        {
            int count = queue.Drain();
            ran += count;
            if (count == 0)
            {
                Assert.True(wake.Wait(TimeSpan.FromSeconds(20)), "a wake-up was lost");
            }
        }

        Array.ForEach(posters, static poster => poster.Join());
        Assert.Equal(0, disorder);
        Assert.All(last, static number => Assert.Equal(Rounds, number));
    }

    [Fact]
    public void A_shared_queue_gives_each_item_to_one_of_its_threads()
    {
        const int Items = 20_000;
        SharedWorkQueue queue = new();
        int[] ran = new int[Items];
        for (int i = 0; i < Items; i++)
        {
            int number = i;
            Item item = new(() => Interlocked.Increment(ref ran[number]));
            Assert.True(queue.Post(item));
            Assert.False(queue.Post(item));
        }

        Thread[] takers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            while (queue.RunOne())
            {
            }
        }))];
        Array.ForEach(takers, static taker => taker.Start());
        Array.ForEach(takers, static taker => taker.Join());
        Assert.All(ran, static times => Assert.Equal(1, times));
    }

    private sealed class Item(Action action) : WorkItem
    {
        public override void Run() => action();
    }
}
