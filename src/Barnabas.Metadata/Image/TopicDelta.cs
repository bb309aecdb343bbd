using System.Diagnostics.CodeAnalysis;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>What changed in one topic.</summary>
public sealed class TopicDelta
{
    private readonly SortedDictionary<int, PartitionImage> _changed = [];

    internal TopicDelta(TopicImage before, bool isNew)
    {
        Before = before;
        IsNew = isNew;
    }

    public string Name => Before.Name;

    public Uuid Id => Before.Id;

    /// <summary>True if the topic did not exist in the image before.</summary>
    public bool IsNew { get; }

    /// <summary>The topic as it was; without partitions if it is new.</summary>
    public TopicImage Before { get; }

    /// <summary>New and changed partitions as they are after the delta, in their order.</summary>
    public IReadOnlyDictionary<int, PartitionImage> ChangedPartitions => _changed;

    internal bool TryGetPartition(int partition, [NotNullWhen(true)] out PartitionImage? image) =>
        _changed.TryGetValue(partition, out image) || Before.TryGetPartition(partition, out image);

    internal void Replay(PartitionRecord record)
    {
        // The limit keeps one damaged record from making an array of two thousand million slots.
        Fault.If(
            record.PartitionId is < 0 or > MetadataDelta.PartitionsPerTopicMax,
            $"Partition {record.PartitionId} of topic {Name} is out of range.");
        Fault.If(
            TryGetPartition(record.PartitionId, out _),
            $"Partition {record.PartitionId} of topic {Name} exists already.");
        Put(record.PartitionId, PartitionImage.FromRecord(record));
    }

    internal void Replay(PartitionChangeRecord record)
    {
        Fault.If(
            !TryGetPartition(record.PartitionId, out PartitionImage? image),
            $"Partition {record.PartitionId} of topic {Name} is to change but does not exist.");
        Put(record.PartitionId, image.With(record));
    }

    internal void ClearElr()
    {
        for (int partition = 0; partition < Before.PartitionLimit; partition++)
        {
            if (!_changed.ContainsKey(partition) && Before.TryGetPartition(partition, out PartitionImage? image))
            {
                ClearElr(partition, image);
            }
        }

        foreach ((int partition, PartitionImage image) in _changed.ToArray())
        {
            ClearElr(partition, image);
        }
    }

    internal TopicImage Apply() => Before.With(_changed);

    // Thousands of partitions on few brokers say the same: neighbours share what they say.
    private void Put(int partition, PartitionImage image) =>
        _changed[partition] = TryGetPartition(partition - 1, out PartitionImage? neighbour) && neighbour.Equals(image)
            ? neighbour
            : image;

    private void ClearElr(int partition, PartitionImage image)
    {
        if (!image.Elr.IsEmpty || !image.LastKnownElr.IsEmpty)
        {
            _changed[partition] = image.WithoutElr();
        }
    }
}
