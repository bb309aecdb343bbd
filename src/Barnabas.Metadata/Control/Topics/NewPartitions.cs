using System.Collections.Immutable;
using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>Partitions that are about to be made.</summary>
internal static class NewPartitions
{
    /// <summary>Places <paramref name="count"/> partitions on the brokers there are.</summary>
    public static List<PartitionImage> Place(ControllerStep step, int count, int replicationFactor)
    {
        var placement = new ReplicaPlacement(step.Image, step.Entropy);
        var partitions = new List<PartitionImage>();
        for (int partition = 0; partition < count; partition++)
        {
            PartitionImage? image = TryMake(step, placement.Next(replicationFactor));
            partitions.Add(image ?? throw new ControllerException(
                ErrorCode.InvalidReplicationFactor,
                "All brokers are currently fenced or in controlled shutdown."));
        }

        return partitions;
    }

    /// <summary>A partition on the brokers that an administrator chose.</summary>
    /// <param name="replicationFactor">How many replicas the partitions before have; null for the first.</param>
    public static PartitionImage FromReplicas(
        ControllerStep step,
        int partition,
        List<int> brokers,
        int? replicationFactor)
    {
        if (brokers.Count == 0)
        {
            throw Refuse("includes an empty replica list.");
        }

        var seen = new SortedSet<int>();
        foreach (int id in brokers)
        {
            if (!step.Image.TryGetBroker(new BrokerId(id), out BrokerRegistration? broker))
            {
                throw Refuse($"includes broker {id}, but no such broker is registered.");
            }

            if (!broker.TakesNewReplicas)
            {
                throw Refuse($"includes broker {id}, but all its log directories are cordoned.");
            }

            if (!seen.Add(id))
            {
                throw Refuse($"includes the broker {id} more than once.");
            }
        }

        if (replicationFactor is { } factor && factor != brokers.Count)
        {
            throw Refuse(
                $"includes a partition with {brokers.Count} replica(s), but this is not consistent with previous " +
                $"partitions, which have {factor} replica(s).");
        }

        return TryMake(step, PartitionImage.ToIds(brokers)) ?? throw new ControllerException(
            ErrorCode.InvalidReplicaAssignment,
            $"All brokers specified in the manual partition assignment for partition {partition} are fenced or in " +
            "controlled shutdown.");
    }

    private static ControllerException Refuse(string what) =>
        new(ErrorCode.InvalidReplicaAssignment, $"The manual partition assignment {what}");

    // Null if none of the replicas could lead.
    private static PartitionImage? TryMake(ControllerStep step, ImmutableArray<BrokerId> replicas)
    {
        ImmutableArray<BrokerId> isr = replicas.RemoveAll(broker => !Elections.IsActive(step, broker));
        if (isr.IsEmpty)
        {
            return null;
        }

        var directories = ImmutableArray.CreateBuilder<Uuid>(replicas.Length);
        foreach (BrokerId replica in replicas)
        {
            directories.Add(Elections.DefaultDirectory(step.Image, replica));
        }

        return new PartitionImage
        {
            Replicas = replicas,
            Directories = directories.MoveToImmutable(),
            Isr = isr,
            Leader = isr[0],
            LeaderEpoch = new LeaderEpoch(0),
            PartitionEpoch = 0,
        };
    }
}
