using Barnabas.Kernel;

namespace Barnabas.Kernel.Tests;

public sealed class TimelineTests
{
    private readonly SnapshotRegistry _registry = new();

    [Fact]
    public void A_snapshot_sees_what_was_there_when_it_was_taken()
    {
        var map = new TimelineDictionary<string, int>(_registry);
        map.Set("a", 1);
        _registry.Take(10);
        map.Set("a", 2);
        map.Set("b", 3);
        _registry.Take(20);
        map.Remove("a");

        Assert.Equal([("a", 1)], Sorted(map, 10));
        Assert.Equal([("a", 2), ("b", 3)], Sorted(map, 20));
        Assert.Equal([("b", 3)], Sorted(map, SnapshotRegistry.Latest));
        Assert.Single(map.Entries());
        Assert.Equal(1, map.Count);
    }

    [Fact]
    public void Reverting_forgets_everything_later_and_keeps_the_snapshot()
    {
        var map = new TimelineDictionary<string, int>(_registry);
        var set = new TimelineSet<string>(_registry);
        var value = new TimelineValue<int>(_registry, 7);
        map.Set("a", 1);
        _registry.Take(10);
        map.Set("a", 2);
        set.Add("x");
        value.Value = 8;
        _registry.Take(20);
        map.Remove("a");

        _registry.RevertTo(10);

        Assert.Equal([("a", 1)], Sorted(map, SnapshotRegistry.Latest));
        Assert.Equal(0, set.Count);
        Assert.Equal(7, value.Value);
        Assert.True(_registry.Has(10));
        Assert.False(_registry.Has(20));
    }

    [Fact]
    public void Forgetting_old_snapshots_leaves_later_ones_as_they_were()
    {
        var map = new TimelineDictionary<string, int>(_registry);
        _registry.Take(10);
        map.Set("a", 1);
        _registry.Take(20);
        map.Remove("a");
        _registry.ForgetBefore(20);

        Assert.Equal([("a", 1)], Sorted(map, 20));
        Assert.Empty(map.Entries());
        Assert.Throws<InvariantBrokenException>(() => map.TryGetValue("a", out _, 10));
    }

    [Fact]
    public void A_key_that_came_back_after_it_was_forgotten_is_not_dropped_by_old_bookkeeping()
    {
        var map = new TimelineDictionary<string, int>(_registry);
        _registry.Take(10);
        map.Set("a", 1);
        map.Remove("a");
        map.Set("a", 2);
        _registry.Take(20);
        _registry.ForgetBefore(20);

        Assert.Equal([("a", 2)], Sorted(map, SnapshotRegistry.Latest));
    }

    [Fact]
    public void Epochs_never_go_back()
    {
        _registry.Take(10);
        Assert.Throws<InvariantBrokenException>(() => _registry.Take(9));
        _registry.ForgetBefore(11);
        Assert.Throws<InvariantBrokenException>(() => _registry.Take(10));
        _registry.Take(11);
    }

    // The model: a full copy of the dictionary per snapshot.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_histories_equal_a_model_that_copies_everything(int seed)
    {
        var random = new Random(seed);
        for (int run = 0; run < 50; run++)
        {
            var registry = new SnapshotRegistry();
            var map = new TimelineDictionary<int, int>(registry);
            var latest = new Dictionary<int, int>();
            var copies = new SortedDictionary<long, Dictionary<int, int>>();
            long epoch = 0;
            for (int step = 0; step < 200; step++)
            {
                switch (random.Next(10))
                {
                    case < 5:
                        (int key, int value) = (random.Next(8), random.Next());
                        Assert.Equal(!latest.ContainsKey(key), map.Set(key, value));
                        latest[key] = value;
                        break;
                    case < 7:
                        int removed = random.Next(8);
                        Assert.Equal(latest.Remove(removed), map.Remove(removed));
                        break;
                    case 7:
                        epoch += 1 + random.Next(3);
                        registry.Take(epoch);
                        copies[epoch] = new Dictionary<int, int>(latest);
                        break;
                    case 8 when copies.Count > 0:
                        long target = copies.Keys.ElementAt(random.Next(copies.Count));
                        registry.RevertTo(target);
                        latest = new Dictionary<int, int>(copies[target]);
                        epoch = target;
                        Drop(copies, e => e > target);
                        break;
                    case 9 when copies.Count > 0:
                        long floor = copies.Keys.ElementAt(random.Next(copies.Count)) + random.Next(2);
                        registry.ForgetBefore(floor);
                        Drop(copies, e => e < floor);
                        break;
                }

                Assert.Equal(latest.OrderBy(e => e.Key), map.Entries().OrderBy(e => e.Key));
                Assert.Equal(latest.Count, map.Count);
                Assert.Equal(copies.Count, registry.Count);
                foreach ((long at, Dictionary<int, int> copy) in copies)
                {
                    Assert.Equal(copy.OrderBy(e => e.Key), map.Entries(at).OrderBy(e => e.Key));
                }
            }
        }
    }

    private static void Drop(SortedDictionary<long, Dictionary<int, int>> copies, Func<long, bool> which)
    {
        foreach (long epoch in copies.Keys.Where(which).ToList())
        {
            copies.Remove(epoch);
        }
    }

    private static List<(string Key, int Value)> Sorted(TimelineDictionary<string, int> map, long epoch) =>
        [.. map.Entries(epoch).Select(e => (e.Key, e.Value)).OrderBy(e => e.Key, StringComparer.Ordinal)];
}
