namespace Barnabas.Client;

/// <summary>A fetch to be sent to one broker.</summary>
internal sealed class FetchPlan(int brokerId)
{
    public int BrokerId { get; } = brokerId;

    public List<(PartitionState State, long Offset, int LeaderEpoch)> Partitions { get; } = [];
}
