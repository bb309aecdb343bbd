using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// What a coordinator has to tell an operator; cores do not log. Called on the coordinator's mailbox; must not block.
/// </summary>
public interface ICoordinatorEvents
{
    void PartitionMoved(
        int partition, LeaderEpoch epoch, CoordinatorPartitionState from, CoordinatorPartitionState to, string why);

    /// <summary>
    /// A group changed its state; <paramref name="why"/> names the member and its reason where there is one.
    /// </summary>
    void GroupMoved(string groupId, int generation, ClassicGroupState from, ClassicGroupState to, string why);
}
