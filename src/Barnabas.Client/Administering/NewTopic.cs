namespace Barnabas.Client;

/// <summary>A topic to be created.</summary>
/// <param name="Name">1 to 249 characters out of letters, digits, '.', '_' and '-'.</param>
public sealed record NewTopic(string Name)
{
    /// <summary>Null takes the cluster's <c>num.partitions</c>.</summary>
    public int? Partitions { get; init; }

    /// <summary>Null takes the cluster's <c>default.replication.factor</c>.</summary>
    public short? ReplicationFactor { get; init; }

    /// <summary>Replicas by partition, the preferred leader first; instead of the two numbers above.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Assignment { get; init; }

    /// <summary>Topic configs by name.</summary>
    public IReadOnlyDictionary<string, string>? Configs { get; init; }
}
