using System.Collections.Immutable;
using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>What the controller is told by the node's configuration. Defaults are Kafka's.</summary>
public sealed record ControllerOptions
{
    /// <summary>The id the node was formatted with; a broker of another cluster is turned away.</summary>
    public required string ClusterId { get; init; }

    /// <summary>This node. A broker of the same id lives in this process and in no other.</summary>
    public required BrokerId NodeId { get; init; }

    /// <summary>Voters of the quorum, this node among them; each must support a feature before it is raised.</summary>
    public ImmutableArray<BrokerId> Voters { get; init; } = [];

    /// <summary><c>num.partitions</c>: of a topic created without a count.</summary>
    public int PartitionsDefault { get; init; } = 1;

    /// <summary><c>default.replication.factor</c>: of a topic created without one.</summary>
    public short ReplicationFactorDefault { get; init; } = 1;

    /// <summary><c>broker.session.timeout.ms</c>: a broker silent for so long is fenced.</summary>
    public TimeSpan BrokerSessionTimeout { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>
    /// <c>metadata.max.idle.interval.ms</c>: an idle log gets a NoOp record so often, so that followers see the
    /// leader's
    /// offset move. Zero means never.
    /// </summary>
    public TimeSpan IdleIntervalMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary><c>auto.leader.rebalance.enable</c> and <c>leader.imbalance.check.interval.seconds</c>; null if
    /// off.</summary>
    public TimeSpan? LeaderImbalanceCheckInterval { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary><c>unclean.leader.election.interval.ms</c>.</summary>
    public TimeSpan UncleanElectionCheckInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Partitions that one CreateTopics request may make; more is refused with POLICY_VIOLATION.</summary>
    public int PartitionsPerRequestMax { get; init; } = 10_000;

    /// <summary>Records that one request may cause; more is refused with POLICY_VIOLATION.</summary>
    public int RecordsPerRequestMax { get; init; } = 10_000;
}
