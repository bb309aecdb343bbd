using Barnabas.Kernel;

namespace Barnabas.Coordination.Tests;

public sealed class TransitionTests
{
    [Fact]
    public void A_group_moves_as_its_table_says_and_in_no_other_way()
    {
        foreach (ClassicGroupState from in Enum.GetValues<ClassicGroupState>())
        {
            foreach (ClassicGroupState to in Enum.GetValues<ClassicGroupState>())
            {
                ClassicGroup group = InState(from);
                bool isLegal = ClassicGroup.Moves.Contains((from, to));
                if (isLegal)
                {
                    group.MoveTo(to, 0);
                    Assert.Equal(to, group.State);
                }
                else
                {
                    Assert.Throws<InvariantBrokenException>(() => group.MoveTo(to, 0));
                }
            }
        }
    }

    [Fact]
    public void The_table_is_that_of_the_protocol()
    {
        // Written a second time on purpose: a move that is added must be meant.
        string[] expected =
        [
            "CompletingRebalance -> Dead",
            "CompletingRebalance -> PreparingRebalance",
            "CompletingRebalance -> Stable",
            "Empty -> Dead",
            "Empty -> PreparingRebalance",
            "PreparingRebalance -> CompletingRebalance",
            "PreparingRebalance -> Dead",
            "PreparingRebalance -> Empty",
            "Stable -> Dead",
            "Stable -> PreparingRebalance",
        ];
        IEnumerable<string> moves = ClassicGroup.Moves.Select(move => $"{move.From} -> {move.To}");
        Assert.Equal(expected, moves.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_partition_shows_every_move_of_its_table_and_no_other()
    {
        var seen = new HashSet<(CoordinatorPartitionState, CoordinatorPartitionState)>();

        // Loaded, lost.
        var world = new GroupWorld();
        world.Coordinator.OnLeadershipLost(0, new LeaderEpoch(2));
        world.Run();
        Collect(world, seen);

        // Unreadable, loaded by the next leadership, led again without a break.
        var log = new MemoryLog(GroupWorld.Partitions) { ReadError = ErrorCode.KafkaStorageError };
        world = new GroupWorld(log: log);
        log.ReadError = ErrorCode.None;
        world.GainAll(new LeaderEpoch(2));
        world.Run();
        world.GainAll(new LeaderEpoch(3));
        world.Run();
        Collect(world, seen);

        // Failed, lost; lost while loading.
        log.ReadError = ErrorCode.KafkaStorageError;
        world = new GroupWorld(log: log);
        world.Coordinator.OnLeadershipLost(0, new LeaderEpoch(2));
        world.Coordinator.OnLeadershipGained(0, new LeaderEpoch(3));
        world.Coordinator.OnLeadershipLost(0, new LeaderEpoch(4));
        world.Run();
        Collect(world, seen);

        // Active, broken in the middle of a request.
        log.ReadError = ErrorCode.None;
        world = new GroupWorld(log: log);
        world.Topics.Breaks = true;
        Assert.Equal(ErrorCode.UnknownServerError, world.Group("g").Commit("orders", 0, 1));
        Assert.Equal(ErrorCode.NotCoordinator, world.Group("g").Heartbeat("m", 1));
        Collect(world, seen);

        Assert.Equal(CoordinatorPartition<GroupShard>.Moves.Order(), seen.Order());
    }

    private static void Collect(
        GroupWorld world, HashSet<(CoordinatorPartitionState, CoordinatorPartitionState)> seen) =>
        seen.UnionWith(world.Events.Partitions.Select(move => (move.From, move.To)));

    private static ClassicGroup InState(ClassicGroupState state)
    {
        var group = new ClassicGroup("g", 0);
        ClassicGroupState[] way = state switch
        {
            ClassicGroupState.Empty => [],
            ClassicGroupState.PreparingRebalance => [ClassicGroupState.PreparingRebalance],
            ClassicGroupState.CompletingRebalance =>
                [ClassicGroupState.PreparingRebalance, ClassicGroupState.CompletingRebalance],
            ClassicGroupState.Stable =>
                [ClassicGroupState.PreparingRebalance, ClassicGroupState.CompletingRebalance, ClassicGroupState.Stable],
            _ => [ClassicGroupState.Dead],
        };
        foreach (ClassicGroupState step in way)
        {
            group.MoveTo(step, 0);
        }

        return group;
    }
}
