using System.Text;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

public sealed class RebalanceTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void Two_members_join_sync_and_heartbeat()
    {
        TestGroup group = _world.Group("g");
        (string m1, Inbox<JoinGroupResponse> join1) = group.JoinNew();
        (string m2, Inbox<JoinGroupResponse> join2) = group.JoinNew();
        Assert.False(join1.HasReply);
        Assert.Equal(ClassicGroupState.PreparingRebalance, group.State);

        _world.Pass(TimeSpan.FromSeconds(7));

        Assert.Equal(1, join1.Reply.GenerationId);
        Assert.Equal(m1, join1.Reply.Leader);
        Assert.Equal([m1, m2], join1.Reply.Members.Select(member => member.MemberId));
        Assert.Empty(join2.Reply.Members);
        Assert.Equal("range", join2.Reply.ProtocolName);
        Assert.Equal(ClassicGroupState.CompletingRebalance, group.State);

        Inbox<SyncGroupResponse> sync2 = group.Sync(m2, 1);
        Assert.False(sync2.HasReply);
        Inbox<SyncGroupResponse> sync1 = group.Sync(m1, 1, null, (m1, "a"), (m2, "b"));
        Assert.Equal("a", Encoding.UTF8.GetString(sync1.Reply.Assignment));
        Assert.Equal("b", Encoding.UTF8.GetString(sync2.Reply.Assignment));
        Assert.Equal(ClassicGroupState.Stable, group.State);
        Assert.Equal(ErrorCode.None, group.Heartbeat(m1, 1));
        Assert.Equal(ErrorCode.IllegalGeneration, group.Heartbeat(m1, 2));
        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeat("stranger", 1));
    }

    [Fact]
    public void A_silent_member_is_let_go_and_the_rest_rebalances()
    {
        TestGroup group = _world.Group("g");
        (List<string> members, int generation) = group.Stabilize(2);
        for (int i = 0; i < 4; i++)
        {
            _world.Pass(TimeSpan.FromSeconds(3));
            group.Heartbeat(members[1], generation);
        }

        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeat(members[0], generation));
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Heartbeat(members[1], generation));
        Inbox<JoinGroupResponse> again = group.Join(members[1]);
        Assert.Equal(generation + 1, again.Reply.GenerationId);
        Assert.Equal(members[1], again.Reply.Leader);
    }
}
