using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Replication;

namespace Barnabas.Broker;

/// <summary>What handlers are made of. Put together once, when a node opens.</summary>
internal sealed record BrokerParts
{
    public required TimeProvider Time { get; init; }

    public required ClusterView Cluster { get; init; }

    public required LiveConfigs Configs { get; init; }

    public required LocalTopics Topics { get; init; }

    public required FetchSessionCache FetchSessions { get; init; }

    public required FetchLimits FetchLimits { get; init; }

    /// <summary>A blocking mailbox for what a reactor must not wait for: records that are not in memory.</summary>
    public required IMailbox ColdReads { get; init; }

    public required FlushBeforeAcknowledge Flushes { get; init; }

    public required TopicAutoCreation AutoCreation { get; init; }

    public required ProducerIds ProducerIds { get; init; }

    /// <summary>
    /// Made when the node joins, for as many partitions as <c>__consumer_offsets</c> then has; null before. Set from
    /// the mailbox that applies metadata.
    /// </summary>
    public GroupCoordinator? Groups { get; set; }

    public required IControllerChannel Controller { get; init; }

    public required MetadataQuorum Quorum { get; init; }

    public required TrafficCounters Traffic { get; init; }
}
