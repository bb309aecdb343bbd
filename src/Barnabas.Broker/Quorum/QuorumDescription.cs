using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>The answer to DescribeQuorum. Pure.</summary>
internal static class QuorumDescription
{
    private const short FirstWithNodes = 2;

    /// <summary>The error of a partition that is not the metadata log, for all that were asked for.</summary>
    public static DescribeQuorumResponse? RefuseOthers(DescribeQuorumRequest request)
    {
        if (request.Topics is [{ TopicName: InternalTopics.ClusterMetadata, Partitions: [{ PartitionIndex: 0 }] }])
        {
            return null;
        }

        DescribeQuorumResponse response = new();
        foreach (DescribeQuorumRequest.TopicData topic in request.Topics)
        {
            DescribeQuorumResponse.TopicData refused = new() { TopicName = topic.TopicName };
            foreach (DescribeQuorumRequest.PartitionData partition in topic.Partitions)
            {
                refused.Partitions.Add(new DescribeQuorumResponse.PartitionData
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = (short)ErrorCode.UnknownTopicOrPartition,
                    ErrorMessage = "This server does not host this topic-partition.",
                });
            }

            response.Topics.Add(refused);
        }

        return response;
    }

    /// <summary>The state of the metadata log as its leader sees it.</summary>
    public static DescribeQuorumResponse Of(QuorumCore quorum, MetadataImage image, short version, long nowMs)
    {
        DescribeQuorumResponse.PartitionData partition = new();
        DescribeQuorumResponse response = new();
        response.Topics.Add(new DescribeQuorumResponse.TopicData
        {
            TopicName = InternalTopics.ClusterMetadata,
            Partitions = [partition],
        });
        if (quorum.Role != QuorumRole.Leader)
        {
            partition.ErrorCode = (short)ErrorCode.NotLeaderOrFollower;
            return response;
        }

        partition.LeaderId = quorum.Leader.Value;
        partition.LeaderEpoch = quorum.Epoch;
        partition.HighWatermark = quorum.HighWatermark;
        foreach (Voter voter in quorum.Voters.Voters)
        {
            // A leader does not fetch; it counts as caught up now.
            long stamp = voter.Key.Id == quorum.Leader ? nowMs : -1;
            partition.CurrentVoters.Add(new DescribeQuorumResponse.ReplicaState
            {
                ReplicaId = voter.Key.Id.Value,
                ReplicaDirectoryId = voter.Key.Directory,
                LogEndOffset = quorum.EndOffsetOf(voter.Key.Id),
                LastFetchTimestamp = stamp,
                LastCaughtUpTimestamp = stamp,
            });
            if (version >= FirstWithNodes)
            {
                response.Nodes.Add(DescribeNode(voter, image));
            }
        }

        return response;
    }

    // A voter of a static set has no listener of its own there; its registration has.
    private static DescribeQuorumResponse.Node DescribeNode(Voter voter, MetadataImage image)
    {
        DescribeQuorumResponse.Node node = new() { NodeId = voter.Key.Id.Value };
        if (image.Controllers.TryGetValue(voter.Key.Id, out ControllerRegistration? registered))
        {
            foreach (Endpoint endpoint in registered.Endpoints)
            {
                Add(endpoint.Name, endpoint.Host, endpoint.Port);
            }
        }
        else
        {
            foreach (VoterEndpoint endpoint in voter.Endpoints)
            {
                Add(endpoint.Listener, endpoint.Host, endpoint.Port);
            }
        }

        return node;

        void Add(string name, string host, ushort port) =>
            node.Listeners.Add(new DescribeQuorumResponse.Listener { Name = name, Host = host, Port = port });
    }
}
