using Barnabas.Kernel;

namespace Barnabas.Coordination.Tests;

/// <summary>What the coordinator told the operator.</summary>
internal sealed class EventLog : ICoordinatorEvents
{
    public List<(CoordinatorPartitionState From, CoordinatorPartitionState To, string Why)> Partitions { get; } = [];

    public List<(int Generation, ClassicGroupState From, ClassicGroupState To, string Why)> Groups { get; } = [];

    public void PartitionMoved(
        int partition, LeaderEpoch epoch, CoordinatorPartitionState from, CoordinatorPartitionState to, string why) =>
        Partitions.Add((from, to, why));

    public void GroupMoved(string groupId, int generation, ClassicGroupState from, ClassicGroupState to, string why) =>
        Groups.Add((generation, from, to, why));
}
