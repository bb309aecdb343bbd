using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Replication;

namespace Barnabas.Broker;

/// <summary>Tells the coordinator how far a partition of <c>__consumer_offsets</c> is committed.</summary>
internal sealed class OffsetsPartitionWatch(Partition partition, GroupCoordinator groups) : PartitionWaiter
{
    public override void OnProgress()
    {
        PartitionLeadership leadership = partition.Leadership;
        if (leadership.IsLocal && partition.IsOnline)
        {
            Offset highWatermark = partition.Log.HighWatermark;
            groups.OnHighWatermark(partition.Id.Partition, leadership.Epoch, highWatermark);
        }
    }
}
