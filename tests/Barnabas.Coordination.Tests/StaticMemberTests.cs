using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

public sealed class StaticMemberTests
{
    private readonly GroupWorld _world = new();
    private readonly TestGroup _group;
    private readonly string _first;
    private readonly string _second;

    public StaticMemberTests()
    {
        _group = _world.Group("g");
        Inbox<JoinGroupResponse> a = _group.Join(instanceId: "a");
        Inbox<JoinGroupResponse> b = _group.Join(instanceId: "b");
        _world.Pass(TimeSpan.FromSeconds(6.1));
        (_first, _second) = (a.Reply.MemberId, b.Reply.MemberId);
        _group.Sync(_second, 1, "b");
        _group.Sync(_first, 1, "a", (_first, "1"), (_second, "2"));
        Assert.Equal(ClassicGroupState.Stable, _group.State);
    }

    [Fact]
    public void A_static_member_joins_without_being_given_an_id_first() => Assert.StartsWith("a-", _first);

    [Fact]
    public void One_that_comes_back_keeps_its_assignment_and_disturbs_nobody()
    {
        JoinGroupResponse back = _group.Join(instanceId: "b").Reply;
        Assert.Equal(ErrorCode.None, (ErrorCode)back.ErrorCode);
        Assert.NotEqual(_second, back.MemberId);
        Assert.Equal(1, back.GenerationId);
        Assert.Equal(ClassicGroupState.Stable, _group.State);
        Assert.Equal("2"u8, _group.Sync(back.MemberId, 1, "b").Reply.Assignment);
    }

    [Fact]
    public void The_older_instance_is_fenced()
    {
        string back = _group.Join(instanceId: "b").Reply.MemberId;
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Heartbeat(_second, 1, "b"));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat(_second, 1));
        Assert.Equal(ErrorCode.FencedInstanceId, (ErrorCode)_group.Join(_second, "b").Reply.ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, (ErrorCode)_group.Sync(_second, 1, "b").Reply.ErrorCode);
        Assert.Equal(
            ErrorCode.FencedInstanceId, TestGroup.Error(_group.CommitAsync("orders", 0, 5, _second, 1, "b")));
        Assert.Equal(ErrorCode.None, TestGroup.Error(_group.CommitAsync("orders", 0, 5, back, 1, "b")));
    }

    [Fact]
    public void A_leader_that_comes_back_is_told_to_skip_the_assignment()
    {
        JoinGroupResponse back = _group.Join(instanceId: "a").Reply;
        Assert.True(back.SkipAssignment);
        Assert.Equal(back.MemberId, back.Leader);
        Assert.Equal(2, back.Members.Count);
    }

    [Fact]
    public void Before_version_9_it_is_told_another_leader_so_that_it_assigns_nothing()
    {
        JoinGroupResponse back = _group.Join(instanceId: "a", version: 8).Reply;
        Assert.False(back.SkipAssignment);
        Assert.Equal(_first, back.Leader);
        Assert.NotEqual(_first, back.MemberId);
        Assert.Empty(back.Members);
    }

    [Fact]
    public void If_the_new_id_cannot_be_written_the_old_one_stays_valid()
    {
        _world.Log.AppendError = ErrorCode.NotLeaderOrFollower;
        Assert.Equal(ErrorCode.NotCoordinator, (ErrorCode)_group.Join(instanceId: "b").Reply.ErrorCode);
        _world.Log.AppendError = ErrorCode.None;
        Assert.Equal(ErrorCode.None, _group.Heartbeat(_second, 1, "b"));
    }

    [Fact]
    public void A_change_of_protocol_rebalances()
    {
        Inbox<JoinGroupResponse> back = _group.Join(instanceId: "b", protocols: ["range"], topics: ["payments"]);
        Assert.Equal(1, back.Reply.GenerationId);

        TestGroup other = _world.Group("two-protocols");
        Inbox<JoinGroupResponse> only = other.Join(instanceId: "x", protocols: ["range", "sticky"]);
        _world.Pass(TimeSpan.FromSeconds(3.1));
        other.Sync(only.Reply.MemberId, 1, "x", (only.Reply.MemberId, "all"));
        Assert.Equal(2, other.Join(instanceId: "x", protocols: ["sticky", "range"]).Reply.GenerationId);
    }

    [Fact]
    public void During_a_rebalance_a_static_member_keeps_its_place_until_its_session_ends()
    {
        Inbox<JoinGroupResponse> leader = _group.Join(_first, "a", rebalanceMs: 6_000);
        for (int i = 0; i < 20; i++)
        {
            _world.Pass(TimeSpan.FromSeconds(3));
            _group.Heartbeat(_second, 1, "b");
        }

        // The member that did not join again is part of the generation, and will be removed if it never syncs.
        Assert.Equal(2, leader.Reply.Members.Count);
    }

    [Fact]
    public void An_administrator_removes_it_by_its_instance_id()
    {
        LeaveGroupResponse left = _group.Leave(("", "b"), ("", "nobody"), (_first, "b")).Reply;
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId],
            left.Members.Select(member => (ErrorCode)member.ErrorCode));
        Assert.Equal(ClassicGroupState.PreparingRebalance, _group.State);
    }
}
