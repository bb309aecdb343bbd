using Barnabas.Kernel;

namespace Barnabas.Coordination.Tests;

public sealed class ExpiryTests
{
    private readonly GroupWorld _world = new(new GroupCoordinatorOptions
    {
        OffsetsRetention = TimeSpan.FromHours(1),
        OffsetsRetentionCheckInterval = TimeSpan.FromMinutes(1),
    });

    [Fact]
    public void Offsets_of_a_simple_group_expire_after_their_commit_and_the_group_with_them()
    {
        TestGroup group = _world.Group("g");
        group.Commit("orders", 0, 1);
        _world.Pass(TimeSpan.FromMinutes(30));
        group.Commit("orders", 1, 1);
        _world.Pass(TimeSpan.FromMinutes(31));
        Assert.Equal(-1, group.Fetch("orders", 0));
        Assert.Equal(1, group.Fetch("orders", 1));
        _world.Pass(TimeSpan.FromMinutes(30));
        Assert.Empty(_world.List().Groups);
        Assert.Equal(0, _world.Coordinator.Counters.Groups());
        Assert.Equal(0, _world.Coordinator.Counters.Offsets);
        Assert.Equal(2, _world.Coordinator.Counters.OffsetExpirations);
        Assert.Empty(_world.FailOver().List().Groups);
    }

    [Fact]
    public void Offsets_of_an_emptied_group_expire_after_it_became_empty()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(1, sessionMs: 1_800_000);
        group.Commit("orders", 0, 1, members[0], generation);
        Alive(group, members[0], generation, TimeSpan.FromHours(3));
        Assert.Equal(1, group.Fetch("orders", 0));
        group.Leave(members[0]);
        _world.Pass(TimeSpan.FromMinutes(59));
        Assert.Equal(1, group.Fetch("orders", 0));
        _world.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(-1, group.Fetch("orders", 0));
    }

    [Fact]
    public void I40_a_live_group_loses_only_offsets_of_topics_nobody_subscribes_to()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(1, sessionMs: 1_800_000);
        group.Commit("orders", 0, 1, members[0], generation);
        group.Commit("payments", 0, 2, members[0], generation);
        Alive(group, members[0], generation, TimeSpan.FromHours(2));
        Assert.Equal(1, group.Fetch("orders", 0));
        Assert.Equal(-1, group.Fetch("payments", 0));
    }

    [Fact]
    public void A_retention_named_by_an_old_client_counts_instead()
    {
        TestGroup group = _world.Group("g");
        group.CommitAsync("orders", 0, 1, version: 4, retentionMs: 10 * 60_000);
        group.CommitAsync("orders", 1, 1, version: 4, retentionMs: 100 * 60_000);
        _world.Pass(TimeSpan.FromMinutes(12));
        Assert.Equal(-1, group.Fetch("orders", 0));
        _world.Pass(TimeSpan.FromMinutes(80));
        Assert.Equal(1, group.Fetch("orders", 1));
        Assert.Equal(1, _world.FailOver().Group("g").Fetch("orders", 1));
    }

    [Fact]
    public void Many_expirations_are_spread_over_several_batches()
    {
        _world.Log.BatchBytesMax = 300;
        TestGroup group = _world.Group("g");
        for (int i = 0; i < 12; i++)
        {
            group.Commit("orders", i, i);
        }

        _world.Pass(TimeSpan.FromMinutes(62));
        Assert.Empty(_world.List().Groups);
    }

    private void Alive(TestGroup group, string member, int generation, TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(20))
        {
            _world.Pass(TimeSpan.FromMinutes(20));
            Assert.Equal(ErrorCode.None, group.Heartbeat(member, generation));
        }
    }
}
