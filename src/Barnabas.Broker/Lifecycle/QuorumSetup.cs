using System.Collections.Immutable;

using Barnabas.Configuration;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>The options of the metadata quorum from the node's configuration.</summary>
internal static class QuorumSetup
{
    public static MetadataQuorumOptions From(NodeConfiguration configuration, string clusterId)
    {
        QuorumSettings quorum = configuration.Quorum;
        TopicCreationSettings topics = configuration.TopicCreation;
        return new MetadataQuorumOptions
        {
            Controller = new ControllerOptions
            {
                ClusterId = clusterId,
                NodeId = new BrokerId(configuration.NodeId),
                Voters = VoterIds(configuration),
                PartitionsDefault = topics.PartitionCountDefault,
                ReplicationFactorDefault = (short)topics.ReplicationFactorDefault,
                BrokerSessionTimeout = quorum.BrokerSessionTimeout,
                IdleIntervalMax = quorum.IdleRecordInterval ?? TimeSpan.Zero,
            },
            StaticVoters = configuration.Voters.Count == 0 ? null : VotersFrom(configuration),
            ElectionTimeout = quorum.ElectionTimeout,
            FetchTimeout = quorum.FetchTimeout,
            SegmentBytes = quorum.SegmentBytesMax,
            SnapshotAfterBytes = quorum.SnapshotAfterBytes,
            SnapshotAfter = quorum.SnapshotAfter,
        };
    }

    private static ImmutableArray<BrokerId> VoterIds(NodeConfiguration configuration) =>
        configuration.Voters.Count == 0
            ? [new BrokerId(configuration.NodeId)]
            : [.. configuration.Voters.Select(static voter => new BrokerId(voter.NodeId))];

    private static VoterSet VotersFrom(NodeConfiguration configuration) =>
        VoterSet.ParseStatic(string.Join(',', configuration.Voters), configuration.ControllerListenerNames[0]);
}
