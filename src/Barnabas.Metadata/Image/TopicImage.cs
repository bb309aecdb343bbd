using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>A topic and its partitions at one moment. Immutable.</summary>
public sealed class TopicImage
{
    // Indexed by partition. A hole can stand only between two batches of one operation of another controller.
    private readonly ImmutableArray<PartitionImage?> _partitions;

    internal TopicImage(string name, Uuid id, ImmutableArray<PartitionImage?> partitions)
    {
        Name = name;
        Id = id;
        _partitions = partitions;
        foreach (PartitionImage? partition in partitions)
        {
            PartitionCount += partition is null ? 0 : 1;
        }
    }

    public string Name { get; }

    public Uuid Id { get; }

    public int PartitionCount { get; }

    /// <summary>One above the highest partition; equal to <see cref="PartitionCount"/> in every state a command
    /// leaves.</summary>
    public int PartitionLimit => _partitions.Length;

    public bool TryGetPartition(int partition, [NotNullWhen(true)] out PartitionImage? image)
    {
        image = (uint)partition < (uint)_partitions.Length ? _partitions[partition] : null;
        return image is not null;
    }

    internal TopicImage With(IReadOnlyDictionary<int, PartitionImage> changed)
    {
        int limit = _partitions.Length;
        foreach (int partition in changed.Keys)
        {
            limit = Math.Max(limit, partition + 1);
        }

        var partitions = new PartitionImage?[limit];
        _partitions.CopyTo(partitions);
        foreach ((int partition, PartitionImage image) in changed)
        {
            partitions[partition] = image;
        }

        return new TopicImage(Name, Id, ImmutableCollectionsMarshal.AsImmutableArray(partitions));
    }
}
