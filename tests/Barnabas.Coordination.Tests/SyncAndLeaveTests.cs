using System.Text;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

public sealed class SyncAndLeaveTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void The_assignment_reaches_members_once_it_is_committed()
    {
        TestGroup group = _world.Group("g");
        (string m1, _) = group.JoinNew();
        _world.Pass(TimeSpan.FromSeconds(6.1));
        _world.Log.HoldsHighWatermark = true;
        Inbox<SyncGroupResponse> sync = group.Sync(m1, 1, null, (m1, "all"));
        Assert.False(sync.HasReply);
        Inbox<OffsetCommitResponse> early = group.CommitAsync("orders", 0, 1, m1, 1);
        Assert.False(early.HasReply);

        _world.Commit(group.Partition);
        Assert.Equal(ErrorCode.RebalanceInProgress, TestGroup.Error(early));
        Assert.Equal("all", Encoding.UTF8.GetString(sync.Reply.Assignment));
    }

    [Fact]
    public void A_generation_gets_one_assignment_even_if_the_leader_sends_two()
    {
        TestGroup group = _world.Group("g");
        (string m1, _) = group.JoinNew();
        (string m2, _) = group.JoinNew();
        _world.Pass(TimeSpan.FromSeconds(6.1));
        _world.Log.HoldsHighWatermark = true;
        Inbox<SyncGroupResponse> follower = group.Sync(m2, 1);
        Inbox<SyncGroupResponse> first = group.Sync(m1, 1, null, (m1, "1"), (m2, "2"));
        Inbox<SyncGroupResponse> second = group.Sync(m1, 1, null, (m1, "other"), (m2, "other"));
        _world.Commit(group.Partition);
        Assert.Equal(ErrorCode.RebalanceInProgress, (ErrorCode)first.Reply.ErrorCode);
        Assert.Equal("1", Encoding.UTF8.GetString(second.Reply.Assignment));
        Assert.Equal("2", Encoding.UTF8.GetString(follower.Reply.Assignment));
    }

    [Fact]
    public void Members_left_out_get_an_empty_assignment_and_made_up_ones_are_ignored()
    {
        TestGroup group = _world.Group("g");
        (string m1, _) = group.JoinNew();
        (string m2, _) = group.JoinNew();
        _world.Pass(TimeSpan.FromSeconds(6.1));
        Inbox<SyncGroupResponse> follower = group.Sync(m2, 1);
        group.Sync(m1, 1, null, (m1, "1"), ("made-up", "2"));
        Assert.Empty(follower.Reply.Assignment);
        Assert.Equal(ErrorCode.None, (ErrorCode)follower.Reply.ErrorCode);
    }

    [Fact]
    public void If_the_assignment_cannot_be_written_members_are_told_and_rebalance()
    {
        TestGroup group = _world.Group("g");
        (string m1, _) = group.JoinNew();
        _world.Pass(TimeSpan.FromSeconds(6.1));
        _world.Log.AppendError = ErrorCode.NotEnoughReplicas;
        Inbox<SyncGroupResponse> sync = group.Sync(m1, 1, null, (m1, "all"));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (ErrorCode)sync.Reply.ErrorCode);
        _world.Log.AppendError = ErrorCode.None;
        Assert.Equal(ClassicGroupState.PreparingRebalance, group.State);
        Assert.Equal(2, group.Join(m1).Reply.GenerationId);
    }

    [Fact]
    public void Who_never_syncs_is_removed_after_the_rebalance_timeout()
    {
        TestGroup group = _world.Group("g");
        (string m1, _) = group.JoinNew(rebalanceMs: 9_000);
        (string m2, Inbox<JoinGroupResponse> join2) = group.JoinNew(rebalanceMs: 9_000);
        _world.Pass(TimeSpan.FromSeconds(6.1));
        Assert.Equal(1, join2.Reply.GenerationId);
        Inbox<SyncGroupResponse> parked = group.Sync(m2, 1);
        for (int i = 0; i < 4; i++)
        {
            _world.Pass(TimeSpan.FromSeconds(3));
            group.Heartbeat(m1, 1);
        }

        Assert.Equal(ErrorCode.RebalanceInProgress, (ErrorCode)parked.Reply.ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeat(m1, 1));
        Assert.Equal(m2, group.Join(m2).Reply.Leader);
    }

    [Fact]
    public void From_version_5_the_protocol_must_be_named_and_right()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(1);
        SyncGroupRequest Request(string? type, string? name) => new()
        {
            GroupId = "g",
            MemberId = members[0],
            GenerationId = generation,
            ProtocolType = type,
            ProtocolName = name,
        };
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Code(group.Sync(Request(null, "range"))));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Code(group.Sync(Request("consumer", null))));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Code(group.Sync(Request("connect", "range"))));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Code(group.Sync(Request("consumer", "sticky"))));
        Assert.Equal(ErrorCode.None, Code(group.Sync(Request("consumer", "range"))));
        Assert.Equal(ErrorCode.None, Code(group.Sync(Request(null, null), version: 4)));
    }

    [Fact]
    public void A_sync_of_another_generation_or_group_is_refused()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(1);
        Assert.Equal(ErrorCode.IllegalGeneration, Code(group.Sync(members[0], generation + 1)));
        Assert.Equal(ErrorCode.UnknownMemberId, Code(group.Sync("stranger", generation)));
        Assert.Equal(ErrorCode.UnknownMemberId, Code(_world.Group("none").Sync(members[0], generation)));
    }

    [Fact]
    public void Leaving_empties_the_group_and_its_end_is_written()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, _) = group.Stabilize(1);
        Assert.Equal(ErrorCode.None, group.Leave(members[0]));
        Assert.Equal(ClassicGroupState.Empty, group.State);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Leave(members[0]));

        TestGroup reloaded = _world.FailOver().Group("g");
        Assert.Equal(ClassicGroupState.Empty, reloaded.State);
    }

    [Fact]
    public void A_parked_join_of_a_leaving_member_is_answered()
    {
        TestGroup group = _world.Group("g");
        (string m1, Inbox<JoinGroupResponse> join) = group.JoinNew();
        Assert.Equal(ErrorCode.None, group.Leave(m1));
        Assert.Equal(ErrorCode.UnknownMemberId, (ErrorCode)join.Reply.ErrorCode);
    }

    [Fact]
    public void Before_version_3_the_error_of_the_only_member_is_that_of_the_reply()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, _) = group.Stabilize(1);
        LeaveGroupResponse Leave(string member) => _world.Ask<LeaveGroupRequest, LeaveGroupResponse>(
            (r, c, to) => _world.Coordinator.LeaveGroup(r, c, to),
            new LeaveGroupRequest { GroupId = "g", MemberId = member },
            2).Reply;
        Assert.Equal(ErrorCode.UnknownMemberId, (ErrorCode)Leave("stranger").ErrorCode);
        Assert.Empty(Leave("stranger").Members);
        Assert.Equal(ErrorCode.None, (ErrorCode)Leave(members[0]).ErrorCode);
    }

    [Fact]
    public void I48_a_jump_of_the_wall_clock_ends_no_session()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(1);
        _world.Clock.Wall += TimeSpan.FromDays(3650);
        _world.Pass(TimeSpan.FromSeconds(9));
        Assert.Equal(ErrorCode.None, group.Heartbeat(members[0], generation));
        _world.Clock.Wall -= TimeSpan.FromDays(7300);
        _world.Pass(TimeSpan.FromSeconds(10.1));
        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeat(members[0], generation));
    }

    private static ErrorCode Code(Inbox<SyncGroupResponse> sync) => (ErrorCode)sync.Reply.ErrorCode;
}
