using Barnabas.Kernel;

using Barnabas.Simulation;
namespace Barnabas.Raft.Tests;

public sealed class QuorumCoreTests
{
    private static readonly ReplicaKey Self = new(new BrokerId(1), new Uuid(9, 9));

    [Fact]
    public void The_only_voter_leads_at_once_in_the_next_epoch()
    {
        var log = new FixedLog { End = new LogPosition(4, 100) };
        QuorumCore core = NewCore(log, 1);

        QuorumStep step = core.Start(new ElectionState(4, Self.Id, null), default);

        Assert.True(step.BecameLeader);
        Assert.Equal(QuorumRole.Leader, core.Role);
        Assert.Equal(new ElectionState(5, Self.Id, null), step.Save);
        Assert.Equal([Self.Id], step.GrantingVoters);
        Assert.Equal(MonotonicTime.Never, step.Deadline);
        Assert.Empty(step.Messages);
    }

    [Fact]
    public void The_epoch_of_the_log_counts_if_the_saved_state_is_older()
    {
        var log = new FixedLog { End = new LogPosition(9, 100) };
        QuorumCore core = NewCore(log, 1);

        core.Start(null, default);

        Assert.Equal(10, core.Epoch);
    }

    // I-42: the high watermark moves only over an entry of the leader's own epoch.
    [Fact]
    public void Nothing_is_committed_before_the_leader_change_is_durable()
    {
        var log = new FixedLog { End = new LogPosition(4, 100) };
        QuorumCore core = NewCore(log, 1);
        core.Start(null, default);

        core.Step(new QuorumInput.Flushed(100), default);
        Assert.Equal(-1, core.HighWatermark);

        core.Step(new QuorumInput.Flushed(101), default);
        Assert.Equal(101, core.HighWatermark);
    }

    [Fact]
    public void A_vote_is_saved_by_the_step_that_gives_it_and_given_once_per_epoch()
    {
        QuorumCore core = NewCore(new FixedLog(), 1, 2, 3);
        core.Start(null, default);
        var second = new ReplicaKey(new BrokerId(2), new Uuid(9, 2));
        var third = new ReplicaKey(new BrokerId(3), new Uuid(9, 3));

        QuorumStep step = core.Step(new QuorumInput.VoteRequested(second, 5, default, IsPreVote: false), default);
        Assert.Equal(second, step.Save!.Value.Voted);
        Assert.True(Assert.IsType<QuorumMessage.VoteReply>(Assert.Single(step.Messages)).IsGranted);

        step = core.Step(new QuorumInput.VoteRequested(third, 5, default, IsPreVote: false), default);
        Assert.Null(step.Save);
        Assert.False(Assert.IsType<QuorumMessage.VoteReply>(Assert.Single(step.Messages)).IsGranted);
    }

    [Fact]
    public void A_candidate_with_a_shorter_log_gets_no_vote()
    {
        var log = new FixedLog { End = new LogPosition(2, 10) };
        QuorumCore core = NewCore(log, 1, 2, 3);
        core.Start(null, default);
        var second = new ReplicaKey(new BrokerId(2), default);

        QuorumStep step = core.Step(
            new QuorumInput.VoteRequested(second, 5, new LogPosition(2, 9), IsPreVote: false), default);

        Assert.False(Assert.IsType<QuorumMessage.VoteReply>(Assert.Single(step.Messages)).IsGranted);
        // The epoch is learned all the same.
        Assert.Equal(5, core.Epoch);
    }

    // I-43
    [Fact]
    public void Asking_for_votes_beforehand_does_not_raise_the_epoch()
    {
        QuorumCore core = NewCore(new FixedLog(), 1, 2, 3);
        QuorumStep step = core.Start(null, default);

        step = core.Step(new QuorumInput.TimePassed(), step.Deadline);

        Assert.Equal(QuorumRole.Prospective, core.Role);
        Assert.Equal(0, core.Epoch);
        Assert.All(step.Messages, message => Assert.True(Assert.IsType<QuorumMessage.Vote>(message).IsPreVote));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 12)]
    [InlineData(5, 6)]
    public void Faults_never_break_safety_and_a_healed_quorum_goes_on(int voters, int seeds)
    {
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            var quorum = new SimulatedQuorum(voters, seed * 1000, isFaulty: true);
            quorum.Run(TimeSpan.FromSeconds(15));
            int committed = quorum.Committed.Count;

            quorum.IsFaulty = false;
            quorum.Run(TimeSpan.FromSeconds(8));

            Assert.True(quorum.Committed.Count > committed, $"seed {seed}: nothing more was committed after healing");
        }
    }

    // Runs show the usual transitions; what takes a rare coincidence is played here.
    [Fact]
    public void The_table_of_transitions_is_what_runs_show()
    {
        var seen = new SortedSet<(QuorumRole, QuorumRole)>();
        for (ulong seed = 1; seed <= 12; seed++)
        {
            var quorum = new SimulatedQuorum(seed % 4 == 0 ? 1 : 3, seed * 77, isFaulty: true);
            quorum.Run(TimeSpan.FromSeconds(10));
            seen.UnionWith(quorum.Transitions);
        }

        foreach (QuorumRole role in Enum.GetValues<QuorumRole>())
        {
            Play(role, seen, new QuorumInput.VoteRequested(Peer(2), 50, default, IsPreVote: false));
            Play(role, seen, new QuorumInput.EpochBegun(new BrokerId(2), 50));
            Play(role, seen, new QuorumInput.TimePassed(), wait: TimeSpan.FromMinutes(1));
            if (role is not (QuorumRole.Leader or QuorumRole.Resigned))
            {
                Play(role, seen, new QuorumInput.EpochBegun(new BrokerId(2), EpochOf(role)));
            }
        }

        Assert.Equal(
            string.Join('\n', QuorumTransitions.Legal.Order()),
            string.Join('\n', seen));
    }

    private static int EpochOf(QuorumRole role) => Bring(role).Core.Epoch;

    private static ReplicaKey Peer(int id) => new(new BrokerId(id), new Uuid(9, id));

    private static void Play(
        QuorumRole role, SortedSet<(QuorumRole, QuorumRole)> seen, QuorumInput input, TimeSpan wait = default)
    {
        (QuorumCore core, MonotonicTime now) = Bring(role);
        core.Transitioned = (from, to) => seen.Add((from, to));
        core.Step(input, now + wait);
    }

    // A replica of three, brought into a role by what its peers say.
    private static (QuorumCore Core, MonotonicTime Now) Bring(QuorumRole role)
    {
        QuorumCore core = NewCore(new FixedLog(), 1, 2, 3);
        QuorumStep step = core.Start(role == QuorumRole.Resigned ? new ElectionState(3, Self.Id, null) : null, default);
        if (role == QuorumRole.Follower)
        {
            core.Step(new QuorumInput.EpochBegun(new BrokerId(3), 4), default);
        }

        MonotonicTime now = default;
        if (role is QuorumRole.Prospective or QuorumRole.Candidate or QuorumRole.Leader)
        {
            now = default(MonotonicTime) + TimeSpan.FromSeconds(3);
            core.Step(new QuorumInput.TimePassed(), now);
        }

        if (role is QuorumRole.Candidate or QuorumRole.Leader)
        {
            core.Step(new QuorumInput.VoteAnswered(new BrokerId(2), 0, BrokerId.None, true, IsPreVote: true), now);
        }

        if (role == QuorumRole.Leader)
        {
            core.Step(new QuorumInput.VoteAnswered(new BrokerId(2), 1, BrokerId.None, true, IsPreVote: false), now);
        }

        Assert.Equal(role, core.Role);
        return (core, now);
    }

    private static QuorumCore NewCore(IQuorumLog log, params int[] voters) => new(
        new QuorumOptions { Self = Self },
        VoterSet.Of(voters.Select(static id => new Voter
        {
            Key = new ReplicaKey(new BrokerId(id), id == 1 ? Self.Directory : new Uuid(9, id)),
            Endpoints = [],
        })),
        log,
        new SimulatedRandom(3));

    private sealed class FixedLog : IQuorumLog
    {
        public LogPosition End { get; init; }

        public LogPosition EndOfEpoch(int epoch) => End;
    }
}
