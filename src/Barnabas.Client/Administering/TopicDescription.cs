using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>A topic as the cluster describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsInternal">One of Kafka's own.</param>
/// <param name="Partitions">By number.</param>
public sealed record TopicDescription(
    string Name, Uuid Id, bool IsInternal, IReadOnlyList<PartitionDescription> Partitions);
