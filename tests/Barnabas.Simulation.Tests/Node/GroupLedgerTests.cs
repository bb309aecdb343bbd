using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Simulation.Tests;

/// <summary>The judge is judged: what members of a group may hear from a coordinator, and what they may not.</summary>
public sealed class GroupLedgerTests
{
    private const string A = "a-12345678-1234-1234-1234-123456789012";
    private const string B = "b-12345678-1234-1234-1234-123456789012";
    private const string C = "a-87654321-1234-1234-1234-123456789012";

    private readonly SimulatedWorld _world = new(1);
    private readonly Findings _findings;
    private readonly GroupLedger _ledger;
    private int _seen;

    public GroupLedgerTests()
    {
        _findings = new Findings(_world);
        _ledger = new GroupLedger("group", _world, _findings);
    }

    [Fact]
    public void A_generation_has_one_leader_and_is_never_followed_by_an_older_one()
    {
        Join(A, 3, leader: A);
        Join(B, 3, leader: A);
        Assert.Equal(0, NewFindings());
        Join(B, 3, leader: B);
        Assert.Equal(1, NewFindings());
        Join(A, 2, leader: A);
        Assert.Equal(1, NewFindings());
    }

    [Fact]
    public void A_leader_is_told_of_everybody_in_its_generation()
    {
        Join(A, 1, leader: A, roster: [A, B]);
        Join(B, 1, leader: A);
        Assert.Equal(0, NewFindings());
        Join(C, 1, leader: A);
        Assert.Equal(1, NewFindings());
    }

    [Fact]
    public void An_assignment_is_what_the_leader_sent_and_what_nobody_else_has()
    {
        _ledger.OnAssigning(1, A, [1]);
        _ledger.OnAssigning(1, B, [2]);
        _ledger.OnAssigned(_ledger.Claim(A, null, 1), [1]);
        _ledger.OnAssigned(_ledger.Claim(B, null, 1), [2]);
        Assert.Equal(0, NewFindings());
        _ledger.OnAssigned(_ledger.Claim(B, null, 1), [1]);
        Assert.Equal(2, NewFindings());
    }

    [Fact]
    public void Nobody_is_accepted_who_was_stale_when_it_spoke()
    {
        Join(A, 1, leader: A);
        GroupClaim early = _ledger.Claim(A, null, 1);
        Join(B, 2, leader: B);
        _ledger.OnAccepted(early, "committed");
        Assert.Equal(0, NewFindings());
        _ledger.OnAccepted(_ledger.Claim(A, null, 1), "committed");
        Assert.Equal(1, NewFindings());
        _ledger.OnLeft(B);
        _ledger.OnAccepted(_ledger.Claim(B, null, 2), "committed");
        Assert.Equal(1, NewFindings());
    }

    [Fact]
    public void A_kill_leaves_a_generation_that_was_assigned_and_a_loss_of_power_may_take_it()
    {
        Join(A, 5, leader: A);
        _ledger.OnAssigning(5, A, []);
        _ledger.OnAssigned(_ledger.Claim(A, null, 5), []);
        Join(A, 6, leader: A);
        _ledger.Forget(powerWasLost: false);
        Assert.Equal(5, _ledger.Newest);
        Join(A, 4, leader: A);
        Assert.Equal(1, NewFindings());
        _ledger.Forget(powerWasLost: true);
        Join(A, 4, leader: A);
        Assert.Equal(0, NewFindings());
    }

    [Fact]
    public void Who_comes_back_to_a_place_is_the_same_to_the_group_and_ends_whoever_had_it()
    {
        Join(A, 1, leader: A, place: "a", roster: [A]);
        _ledger.OnAssigning(1, A, [1]);
        _world.RunFor(TimeSpan.FromSeconds(1));
        Join(C, 1, leader: C, place: "a");
        _ledger.OnAssigned(_ledger.Claim(C, "a", 1), [1]);
        Assert.Equal(0, NewFindings());
        _ledger.OnAccepted(_ledger.Claim(A, "a", 1), "committed");
        Assert.Equal(1, NewFindings());
    }

    [Fact]
    public void Until_its_time_is_over_a_member_is_known_and_nobody_commits_but_members()
    {
        Join(A, 1, leader: A);
        GroupClaim beat = _ledger.Claim(A, null, 1);
        _ledger.OnSettled(beat, TimeSpan.FromSeconds(2));
        _world.RunFor(TimeSpan.FromSeconds(1));
        _ledger.OnAcceptedOfNobody(_world.Now);
        _ledger.OnRefused(beat, ErrorCode.UnknownMemberId);
        Assert.Equal(2, NewFindings());
        _world.RunFor(TimeSpan.FromSeconds(2));
        _ledger.OnAcceptedOfNobody(_world.Now);
        _ledger.OnRefused(beat, ErrorCode.UnknownMemberId);
        Assert.Equal(0, NewFindings());
    }

    private void Join(string member, int generation, string leader, string? place = null, string[]? roster = null) =>
        _ledger.OnJoined(_ledger.Claim("", place, _ledger.Newest), new JoinGroupResponse
        {
            MemberId = member,
            GenerationId = generation,
            Leader = leader,
            Members = [.. (roster ?? []).Select(id => new JoinGroupResponse.JoinGroupResponseMember
            {
                MemberId = id,
                GroupInstanceId = place,
            })],
        });

    private int NewFindings()
    {
        int before = _seen;
        _seen = _findings.All.Count;
        return _seen - before;
    }
}
