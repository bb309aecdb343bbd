using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client.Tests;

public sealed class GroupMembershipTests
{
    [Fact]
    public void A_new_member_learns_its_id_and_joins_with_it()
    {
        GroupMembership member = new();
        member.JoinSent();
        Assert.Equal(GroupReaction.Rejoin, member.JoinAnswered(ErrorCode.MemberIdRequired, "m1", -1, null));
        Assert.Equal(MemberState.Unjoined, member.State);
        Assert.Equal("m1", member.MemberId);
        Stabilise(member, 1);
        Assert.Equal(1, member.Generation);
    }

    [Theory]
    [InlineData(ErrorCode.RebalanceInProgress, GroupReaction.Rejoin, "m", false)]
    [InlineData(ErrorCode.IllegalGeneration, GroupReaction.RejoinAsNew, "", true)]
    [InlineData(ErrorCode.UnknownMemberId, GroupReaction.RejoinAsNew, "", true)]
    internal void A_heartbeat_brings_news(ErrorCode error, GroupReaction reaction, string memberId, bool lost)
    {
        GroupMembership member = new();
        Stabilise(member, 3);
        Assert.Equal(reaction, member.HeartbeatAnswered(error, 3));
        Assert.Equal(MemberState.Unjoined, member.State);
        Assert.Equal(memberId, member.MemberId);
        Assert.Equal(lost, member.LostMembership);
    }

    [Fact]
    public void News_of_an_older_generation_says_nothing()
    {
        GroupMembership member = new();
        Stabilise(member, 3);
        Assert.Equal(GroupReaction.Proceed, member.HeartbeatAnswered(ErrorCode.UnknownMemberId, 2));
        Assert.Equal(MemberState.Stable, member.State);
    }

    [Theory]
    [InlineData(ErrorCode.CoordinatorLoadInProgress, GroupReaction.Repeat)]
    [InlineData(ErrorCode.NotCoordinator, GroupReaction.FindCoordinator)]
    [InlineData(ErrorCode.NetworkException, GroupReaction.FindCoordinator)]
    internal void A_coordinator_that_is_away_costs_a_stable_member_nothing(ErrorCode error, GroupReaction reaction)
    {
        GroupMembership member = new();
        Stabilise(member, 3);
        Assert.Equal(reaction, member.HeartbeatAnswered(error, 3));
        Assert.Equal(MemberState.Stable, member.State);
        Assert.False(member.LostMembership);
    }

    [Theory]
    [InlineData(ErrorCode.FencedInstanceId)]
    [InlineData(ErrorCode.GroupAuthorizationFailed)]
    [InlineData(ErrorCode.InconsistentGroupProtocol)]
    public void Some_refusals_are_final(ErrorCode error)
    {
        GroupMembership member = new();
        member.JoinSent();
        Assert.Equal(GroupReaction.Fail, member.JoinAnswered(error, "", -1, null));
        Assert.Equal(MemberState.Failed, member.State);
        Assert.True(member.Failure!.IsFatal);
        member.RequestRejoin();
        Assert.Equal(MemberState.Failed, member.State);
    }

    [Theory]
    [InlineData(ErrorCode.UnknownMemberId)]
    [InlineData(ErrorCode.IllegalGeneration)]
    public void A_member_that_is_expelled_while_it_joins_has_lost_what_it_kept(ErrorCode error)
    {
        GroupMembership member = new();
        Stabilise(member, 3);
        member.RequestRejoin();
        member.JoinSent();
        Assert.Equal(GroupReaction.RejoinAsNew, member.JoinAnswered(error, "", -1, null));
        Assert.True(member.LostMembership);
    }

    [Fact]
    public void A_sync_that_is_overtaken_by_a_rebalance_joins_again_as_the_same_member()
    {
        GroupMembership member = new();
        member.JoinSent();
        member.JoinAnswered(ErrorCode.None, "m", 4, "range");
        Assert.Equal(GroupReaction.Rejoin, member.SyncAnswered(ErrorCode.RebalanceInProgress));
        Assert.Equal((MemberState.Unjoined, "m"), (member.State, member.MemberId));
    }

    private static void Stabilise(GroupMembership member, int generation)
    {
        member.JoinSent();
        Assert.Equal(GroupReaction.Proceed, member.JoinAnswered(ErrorCode.None, "m", generation, "range"));
        Assert.Equal(GroupReaction.Proceed, member.SyncAnswered(ErrorCode.None));
        Assert.Equal(MemberState.Stable, member.State);
    }
}
