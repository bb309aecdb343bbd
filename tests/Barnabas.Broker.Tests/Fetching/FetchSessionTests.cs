using Barnabas.Kernel;
using Barnabas.Replication;

namespace Barnabas.Broker.Tests;

/// <summary>The rules of KIP-227: what a session remembers, when it must speak, who makes room for whom.</summary>
public sealed class FetchSessionTests
{
    private static readonly MonotonicTime Start = new(0);

    private readonly CountingEntropy _entropy = new();

    [Fact]
    public void A_session_begins_at_epoch_1_and_each_request_must_carry_the_next()
    {
        FetchSessionCache cache = new(10, _entropy);
        FetchSession session = cache.TryCreate(1, false, true, Start)!;
        Assert.Equal(1, session.Epoch);
        Assert.Equal(ErrorCode.None, Continue(cache, session.Id, 1));
        Assert.Equal(2, session.Epoch);
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, Continue(cache, session.Id, 1));
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, Continue(cache, session.Id, 3));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, Continue(cache, session.Id + 1, 2));
        Assert.Equal(ErrorCode.FetchSessionTopicIdError, Continue(cache, session.Id, 2, usesTopicIds: false));
        Assert.Equal(ErrorCode.None, Continue(cache, session.Id, 2));
    }

    [Fact]
    public void Epochs_wrap_to_1() =>
        Assert.Equal(
            [2, int.MaxValue, 1, -1],
            ((int[])[1, int.MaxValue - 1, int.MaxValue, -1]).Select(FetchSession.NextEpoch));

    [Fact]
    public void Ids_are_never_0_and_never_taken()
    {
        // Entropy that repeats itself and gives zero.
        FetchSessionCache cache = new(10, new ListEntropy(0, 5, 5, 5, 0, 6));
        Assert.Equal(5, cache.TryCreate(1, false, true, Start)!.Id);
        Assert.Equal(6, cache.TryCreate(1, false, true, Start)!.Id);
    }

    [Fact]
    public void A_full_cache_has_no_room_until_somebody_was_silent_for_two_minutes()
    {
        FetchSessionCache cache = new(2, _entropy);
        FetchSession silent = cache.TryCreate(50, false, true, Start)!;
        FetchSession busy = cache.TryCreate(50, false, true, Start)!;
        Fill(silent, 50);
        Fill(busy, 50);
        Assert.Null(cache.TryCreate(100, false, true, Start + TimeSpan.FromMinutes(1)));
        Assert.Equal(ErrorCode.None, Continue(cache, busy.Id, 1, now: Start + TimeSpan.FromMinutes(2)));

        Assert.NotNull(cache.TryCreate(1, false, true, Start + TimeSpan.FromMinutes(2.1)));
        Assert.Equal(2, cache.Count);
        Assert.Equal(1, cache.Evictions);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, Continue(cache, silent.Id, 1));
        Assert.Equal(ErrorCode.None, Continue(cache, busy.Id, 2));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(10, false)]
    public void After_two_minutes_of_life_a_larger_session_takes_the_place_of_a_smaller(int size, bool taken)
    {
        FetchSessionCache cache = new(1, _entropy);
        FetchSession small = cache.TryCreate(50, false, true, Start)!;
        Fill(small, 50);
        MonotonicTime later = Start + TimeSpan.FromMinutes(3);
        Assert.Equal(ErrorCode.None, Continue(cache, small.Id, 1, now: later));
        Assert.Equal(taken, cache.TryCreate(size, false, true, later) is not null);
    }

    [Fact]
    public void Followers_take_the_place_of_consumers_and_never_the_other_way()
    {
        FetchSessionCache cache = new(1, _entropy);
        Fill(cache.TryCreate(100, false, true, Start)!, 100);
        FetchSession follower = cache.TryCreate(1, privileged: true, true, Start)!;
        Assert.NotNull(follower);
        Fill(follower, 1);
        MonotonicTime later = Start + TimeSpan.FromMinutes(3);
        Assert.Equal(ErrorCode.None, Continue(cache, follower.Id, 1, now: later));
        Assert.Null(cache.TryCreate(1_000, false, true, later));
    }

    [Fact]
    public void A_cache_without_slots_gives_no_sessions() =>
        Assert.Null(new FetchSessionCache(0, _entropy).TryCreate(1, true, true, Start));

    [Fact]
    public void A_partition_is_told_of_when_it_has_news()
    {
        FetchSessionPartition partition = new(new FetchKey(Uuid.Zero, "t", 0));
        Assert.True(Tell(partition, highWatermark: 5));
        Assert.False(Tell(partition, highWatermark: 5));
        Assert.True(Tell(partition, highWatermark: 6));
        Assert.True(Tell(partition, highWatermark: 6, logStart: 1));
        Assert.False(Tell(partition, highWatermark: 6, logStart: 1));
        Assert.True(Tell(partition, highWatermark: 6, logStart: 1, records: true));
        Assert.True(Tell(partition, highWatermark: 6, logStart: 1, diverges: true));
        Assert.True(Tell(partition, highWatermark: 6, logStart: 1, error: true));
        // After an error it must be told of once more, even with the marks that were told before.
        Assert.True(Tell(partition, highWatermark: 6, logStart: 1));
        Assert.False(Tell(partition, highWatermark: 6, logStart: 1));
    }

    [Fact]
    public void The_order_of_reading_agrees_with_a_plain_list_whatever_happens()
    {
        Random random = new(7);
        FetchSession session = new FetchSessionCache(1, _entropy).TryCreate(1, false, true, Start)!;
        List<FetchKey> model = [];
        for (int step = 0; step < 5_000; step++)
        {
            FetchKey key = new(Uuid.Zero, "t", random.Next(12));
            switch (random.Next(3))
            {
                case 0:
                    session.Forget(key);
                    model.Remove(key);
                    break;
                case 1 when model.Contains(key):
                    session.MoveToEnd(session.GetOrAdd(key));
                    model.Remove(key);
                    model.Add(key);
                    break;
                default:
                    session.GetOrAdd(key);
                    if (!model.Contains(key))
                    {
                        model.Add(key);
                    }

                    break;
            }

            List<FetchKey> order = [];
            for (FetchSessionPartition? at = session.First; at is not null; at = FetchSession.After(at))
            {
                order.Add(at.Key);
            }

            Assert.Equal(model, order);
            Assert.Equal(model.Count, session.Count);
        }
    }

    private static ErrorCode Continue(
        FetchSessionCache cache, int id, int epoch, bool usesTopicIds = true, MonotonicTime now = default) =>
        cache.TryContinue(id, epoch, usesTopicIds, now, out _);

    private static void Fill(FetchSession session, int partitions)
    {
        for (int i = 0; i < partitions; i++)
        {
            session.GetOrAdd(new FetchKey(Uuid.Zero, "t", i));
        }
    }

    private static bool Tell(
        FetchSessionPartition partition,
        long highWatermark,
        long logStart = 0,
        bool records = false,
        bool error = false,
        bool diverges = false) =>
        partition.MustTell(records, error, diverges, new Offset(highWatermark), new Offset(logStart));

    private sealed class CountingEntropy : IEntropy
    {
        private ulong _next = 100;

        public ulong NextUInt64() => _next++;

        public void Fill(Span<byte> destination) => throw new NotSupportedException();
    }

    private sealed class ListEntropy(params ulong[] values) : IEntropy
    {
        private int _at;

        public ulong NextUInt64() => values[_at++];

        public void Fill(Span<byte> destination) => throw new NotSupportedException();
    }
}
