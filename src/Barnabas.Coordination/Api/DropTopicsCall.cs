using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// Drops the offsets of deleted topics from one partition. Nobody waits for it, and what is left over expires.
/// </summary>
internal sealed class DropTopicsCall(int partition, IReadOnlyList<DeletedTopic> topics)
    : CoordinatorCall<GroupShard>(partition)
{
    public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed) =>
        CoordinatorResult.Write(shard.Expiry.DropTopics(topics));

    public override void Refuse(ErrorCode error)
    {
    }
}
