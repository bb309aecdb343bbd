namespace Barnabas.Kernel;

/// <summary>A partition by the id of its topic (KIP-516): unlike the name, an id is never given twice.</summary>
public readonly record struct TopicIdPartition(Uuid TopicId, int Partition)
{
    public override string ToString() => $"{TopicId}:{Partition}";
}
