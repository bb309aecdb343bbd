using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

public sealed class JoinGroupTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void A_new_member_is_first_given_its_id()
    {
        JoinGroupResponse reply = _world.Group("g").Join().Reply;
        Assert.Equal(ErrorCode.MemberIdRequired, (ErrorCode)reply.ErrorCode);
        Assert.StartsWith("client-", reply.MemberId);
        Assert.Equal("client-".Length + 36, reply.MemberId.Length);
        Assert.Null(reply.ProtocolName);
    }

    [Fact]
    public void Before_version_4_it_joins_at_once_and_gets_no_null_protocol()
    {
        TestGroup group = _world.Group("g");
        Inbox<JoinGroupResponse> join = group.Join(version: 3);
        Assert.False(join.HasReply);
        _world.Pass(TimeSpan.FromSeconds(3.1));
        Assert.Equal(1, join.Reply.GenerationId);
        JoinGroupResponse refused = group.Join("stranger", version: 3).Reply;
        Assert.Equal(ErrorCode.UnknownMemberId, (ErrorCode)refused.ErrorCode);
        Assert.Equal("", refused.ProtocolName);
    }

    [Fact]
    public void An_id_that_is_not_used_is_forgotten_after_the_session_timeout()
    {
        TestGroup group = _world.Group("g");
        string memberId = group.Join(sessionMs: 6_000).Reply.MemberId;
        _world.Pass(TimeSpan.FromSeconds(6.1));
        Assert.Equal(ErrorCode.UnknownMemberId, (ErrorCode)group.Join(memberId).Reply.ErrorCode);
    }

    [Theory]
    [InlineData(5_999, ErrorCode.InvalidSessionTimeout)]
    [InlineData(6_000, ErrorCode.MemberIdRequired)]
    [InlineData(1_800_000, ErrorCode.MemberIdRequired)]
    [InlineData(1_800_001, ErrorCode.InvalidSessionTimeout)]
    [InlineData(-1, ErrorCode.InvalidSessionTimeout)]
    public void M29_a_session_timeout_out_of_bounds_is_refused(int sessionMs, ErrorCode expected) =>
        Assert.Equal(expected, (ErrorCode)_world.Group("g").Join(sessionMs: sessionMs).Reply.ErrorCode);

    [Fact]
    public void M29_a_forged_member_id_is_unknown_and_leaves_no_group_behind()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, (ErrorCode)_world.Group("g").Join("forged").Reply.ErrorCode);
        Assert.Empty(_world.List().Groups);
    }

    [Fact]
    public void M29_the_bytes_of_a_group_are_bounded()
    {
        var world = new GroupWorld(new GroupCoordinatorOptions { GroupMetadataBytesMax = 4_000 });
        TestGroup group = world.Group("g");
        string big = new('x', 3_000);
        Assert.Equal(ErrorCode.GroupMaxSizeReached, (ErrorCode)group.Join(protocols: [big]).Reply.ErrorCode);
        Assert.Empty(world.List().Groups);

        // Ids that are handed out count too.
        int accepted = 0;
        while ((ErrorCode)group.Join().Reply.ErrorCode == ErrorCode.MemberIdRequired)
        {
            accepted++;
            Assert.InRange(accepted, 0, 10);
        }

        Assert.Equal(ErrorCode.GroupMaxSizeReached, (ErrorCode)group.Join().Reply.ErrorCode);
        Assert.True(accepted > 2);

        // And are given back when they expire.
        world.Pass(TimeSpan.FromSeconds(11));
        Assert.Equal(ErrorCode.MemberIdRequired, (ErrorCode)group.Join().Reply.ErrorCode);
    }

    [Fact]
    public void M29_a_client_id_too_long_for_a_record_is_refused()
    {
        var request = new JoinGroupRequest
        {
            GroupId = "g",
            SessionTimeoutMs = 10_000,
            ProtocolType = "consumer",
            Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range" }],
        };
        Inbox<JoinGroupResponse> inbox = _world.Ask<JoinGroupRequest, JoinGroupResponse>(
            (r, c, to) => _world.Coordinator.JoinGroup(r, c, to), request, 9, new string('c', 32_740));
        Assert.Equal(ErrorCode.InvalidRequest, (ErrorCode)inbox.Reply.ErrorCode);
    }

    [Fact]
    public void The_empty_group_id_is_invalid()
    {
        Assert.Equal(ErrorCode.InvalidGroupId, (ErrorCode)_world.Group("").Join().Reply.ErrorCode);
    }

    [Fact]
    public void Members_must_share_protocol_type_and_a_protocol()
    {
        TestGroup group = _world.Group("g");
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (ErrorCode)group.Join(protocols: []).Reply.ErrorCode);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (ErrorCode)group.Join(protocolType: "").Reply.ErrorCode);
        group.JoinNew(protocols: ["range", "roundrobin"]);
        Assert.Equal(
            ErrorCode.InconsistentGroupProtocol, (ErrorCode)group.Join(protocolType: "connect").Reply.ErrorCode);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (ErrorCode)group.Join(protocols: ["sticky"]).Reply.ErrorCode);
        Assert.Equal(ErrorCode.MemberIdRequired, (ErrorCode)group.Join(protocols: ["roundrobin"]).Reply.ErrorCode);
    }

    [Fact]
    public void The_protocol_most_members_prefer_is_chosen_among_those_all_support()
    {
        TestGroup group = _world.Group("g");
        (_, Inbox<JoinGroupResponse> join) = group.JoinNew(protocols: ["only-mine", "range", "sticky"]);
        group.JoinNew(protocols: ["sticky", "range"]);
        group.JoinNew(protocols: ["sticky", "range"]);
        _world.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal("sticky", join.Reply.ProtocolName);
    }

    [Fact]
    public void The_initial_delay_is_extended_while_members_come_but_not_beyond_the_rebalance_timeout()
    {
        TestGroup group = _world.Group("g");
        (_, Inbox<JoinGroupResponse> join) = group.JoinNew(rebalanceMs: 8_000);
        for (int second = 1; second <= 7; second++)
        {
            _world.Pass(TimeSpan.FromSeconds(1));
            group.JoinNew(rebalanceMs: 8_000);
            Assert.False(join.HasReply);
        }

        _world.Pass(TimeSpan.FromSeconds(1.1));
        Assert.Equal(8, join.Reply.Members.Count);
    }

    [Fact]
    public void The_group_never_grows_beyond_its_limit()
    {
        var world = new GroupWorld(new GroupCoordinatorOptions { GroupMaxSize = 2 });
        TestGroup group = world.Group("g");
        (List<string> members, int generation) = group.Stabilize(2);
        Assert.Equal(ErrorCode.GroupMaxSizeReached, (ErrorCode)group.Join().Reply.ErrorCode);
        Assert.Equal(ErrorCode.None, group.Heartbeat(members[0], generation));
        Assert.Equal(generation, group.Join(members[1]).Reply.GenerationId);
    }

    [Fact]
    public void A_follower_without_news_gets_the_present_generation_and_a_leader_starts_the_next()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(2);
        Assert.Equal(generation, group.Join(members[1]).Reply.GenerationId);
        Assert.Equal(ClassicGroupState.Stable, group.State);

        Inbox<JoinGroupResponse> leader = group.Join(members[0], reason: "topics changed");
        Assert.False(leader.HasReply);
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Heartbeat(members[1], generation));
        Assert.Contains(_world.Events.Groups, move => move.Why.Contains("topics changed", StringComparison.Ordinal));

        group.Join(members[1]);
        Assert.Equal(generation + 1, leader.Reply.GenerationId);
    }

    [Fact]
    public void Changed_metadata_starts_a_rebalance_and_who_does_not_come_back_is_removed()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(2);
        Inbox<JoinGroupResponse> join = group.Join(members[1], topics: ["payments"], rebalanceMs: 20_000);
        for (int i = 0; i < 21; i++)
        {
            _world.Pass(TimeSpan.FromSeconds(3));
            if (!join.HasReply)
            {
                Assert.Equal(ErrorCode.RebalanceInProgress, group.Heartbeat(members[0], generation));
            }
        }

        Assert.Equal(generation + 1, join.Reply.GenerationId);
        Assert.Equal(members[1], join.Reply.Leader);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeat(members[0], generation));
    }

    [Fact]
    public void A_join_sent_twice_is_answered_twice()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(2);
        Inbox<JoinGroupResponse> first = group.Join(members[0]);
        Inbox<JoinGroupResponse> second = group.Join(members[0]);
        Assert.Equal(ErrorCode.RebalanceInProgress, (ErrorCode)first.Reply.ErrorCode);
        group.Join(members[1]);
        Assert.Equal(generation + 1, second.Reply.GenerationId);
    }

    [Fact]
    public void If_a_new_group_cannot_be_written_it_does_not_exist()
    {
        _world.Log.AppendError = ErrorCode.NotEnoughReplicas;
        TestGroup group = _world.Group("g");
        Inbox<JoinGroupResponse> old = group.Join(version: 3);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (ErrorCode)old.Reply.ErrorCode);
        Assert.Empty(_world.List().Groups);
        Assert.Equal(0, _world.Coordinator.Counters.Groups());
        _world.Pass(TimeSpan.FromMinutes(10));
    }
}
