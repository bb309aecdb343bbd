using Barnabas.Replication;

namespace Barnabas.Broker;

/// <summary>One partition of a request.</summary>
internal interface INamesPartition
{
    /// <summary>Null if there is no such partition here.</summary>
    Partition? NamedPartition { get; }
}
