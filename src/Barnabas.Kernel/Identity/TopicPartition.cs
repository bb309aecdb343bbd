namespace Barnabas.Kernel;

/// <summary>A partition by the name of its topic. The directory of its log is <c>topic-partition</c>.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}-{Partition}";
}
