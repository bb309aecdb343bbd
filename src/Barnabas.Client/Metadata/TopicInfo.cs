using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>A topic as the last metadata shows it. Immutable.</summary>
public sealed class TopicInfo
{
    private readonly int[] _available;

    internal TopicInfo(string name, Uuid id, bool isInternal, ErrorCode error, PartitionInfo[] partitions)
    {
        Name = name;
        Id = id;
        IsInternal = isInternal;
        Error = error;
        PartitionArray = partitions;
        List<int> available = [];
        foreach (PartitionInfo partition in partitions)
        {
            if (partition.Leader >= 0)
            {
                available.Add(partition.Index);
            }
        }

        _available = [.. available];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its id (KIP-516); zero from brokers before 2.8.</summary>
    public Uuid Id { get; }

    /// <summary>True for Kafka's own topics, such as <c>__consumer_offsets</c>.</summary>
    public bool IsInternal { get; }

    /// <summary>Why the broker could not tell more, or none.</summary>
    public ErrorCode Error { get; }

    /// <summary>By number, without gaps.</summary>
    public IReadOnlyList<PartitionInfo> Partitions => PartitionArray;

    internal PartitionInfo[] PartitionArray { get; }

    /// <summary>Numbers of the partitions that have a leader.</summary>
    internal ReadOnlySpan<int> Available => _available;
}
