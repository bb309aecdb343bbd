using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

public sealed class QueryTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void Groups_are_listed_by_state_and_type()
    {
        _world.Group("b-stable").Stabilize(1);
        _world.Group("a-simple").Commit("orders", 0, 1);
        Assert.Equal(["a-simple", "b-stable"], Ids(_world.List()));
        Assert.Equal(["b-stable"], Ids(_world.List(["sTaBlE "])));
        Assert.Equal(["a-simple", "b-stable"], Ids(_world.List(["Empty", "Stable", "nonsense"])));
        Assert.Equal(["a-simple", "b-stable"], Ids(_world.List(types: ["Classic", "consumer"])));
        Assert.Empty(_world.List(types: ["consumer"]).Groups);

        ListGroupsResponse.ListedGroup stable = _world.List().Groups[1];
        Assert.Equal(("consumer", "Stable", "classic"), (stable.ProtocolType, stable.GroupState, stable.GroupType));
        Assert.Equal("", _world.List().Groups[0].ProtocolType);
    }

    [Fact]
    public void A_stable_group_is_described_with_its_members_and_a_rebalancing_one_without_metadata()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, _) = group.Stabilize(2);
        DescribeGroupsResponse.DescribedGroup described = _world.Describe("g");
        Assert.Equal(
            ("Stable", "consumer", "range"), (described.GroupState, described.ProtocolType, described.ProtocolData));
        Assert.Equal(members, described.Members.Select(member => member.MemberId));
        Assert.All(described.Members, member => Assert.Equal(TestGroup.Subscription("orders"), member.MemberMetadata));
        Assert.Equal("/127.0.0.1", described.Members[0].ClientHost);

        group.Join(members[0]);
        described = _world.Describe("g");
        Assert.Equal(("PreparingRebalance", ""), (described.GroupState, described.ProtocolData));
        Assert.All(described.Members, member => Assert.Empty(member.MemberMetadata));
    }

    [Fact]
    public void A_group_that_does_not_exist_is_dead_and_from_version_6_an_error()
    {
        DescribeGroupsResponse.DescribedGroup old = _world.Describe("none", version: 5);
        Assert.Equal(("Dead", ErrorCode.None), (old.GroupState, (ErrorCode)old.ErrorCode));
        DescribeGroupsResponse.DescribedGroup now = _world.Describe("none", version: 6);
        Assert.Equal(("Dead", ErrorCode.GroupIdNotFound), (now.GroupState, (ErrorCode)now.ErrorCode));
        Assert.Equal("Group none not found.", now.ErrorMessage);
    }

    [Fact]
    public void Only_groups_without_members_are_deleted()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(1);
        group.Commit("orders", 0, 1, members[0], generation);
        Assert.Equal(ErrorCode.NonEmptyGroup, _world.Delete("g"));
        Assert.Equal(ErrorCode.GroupIdNotFound, _world.Delete("none"));
        group.Leave(members[0]);
        Assert.Equal(ErrorCode.None, _world.Delete("g"));
        Assert.Equal(-1, group.Fetch("orders", 0));
        Assert.Empty(_world.List().Groups);
        Assert.Empty(_world.FailOver().List().Groups);
    }

    [Fact]
    public void A_story_of_a_rebalance_says_who_and_why()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(2);
        _world.Pass(TimeSpan.FromSeconds(5));
        group.Heartbeat(members[1], generation);
        _world.Pass(TimeSpan.FromSeconds(6));
        group.Join(members[1], reason: "rebalance seen");
        group.Sync(members[1], 2, null, (members[1], "all"));
        group.Leave(members[1]);

        string story = string.Join('\n', _world.Events.Groups.Select(
            move => $"{move.Generation} {move.From} -> {move.To}: {move.Why}"));
        story = story.Replace(members[0], "m1", StringComparison.Ordinal);
        story = story.Replace(members[1], "m2", StringComparison.Ordinal);
        Assert.Equal(
            """
            0 Empty -> PreparingRebalance: member m1 joins
            1 PreparingRebalance -> CompletingRebalance: initial rebalance delay
            1 CompletingRebalance -> Stable: the leader's assignment is committed
            1 Stable -> PreparingRebalance: session of member m1 timed out
            2 PreparingRebalance -> CompletingRebalance: member m2 joins again; client reason: rebalance seen
            2 CompletingRebalance -> Stable: the leader's assignment is committed
            2 Stable -> PreparingRebalance: m2 left
            3 PreparingRebalance -> Empty: m2 left
            """,
            story);
    }

    private static IEnumerable<string> Ids(ListGroupsResponse list) => list.Groups.Select(group => group.GroupId);
}
