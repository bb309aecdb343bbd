using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>What is asked about the cluster, its quorum, its features and its brokers.</summary>
public sealed class ClusterApiTests : OneNodeTests
{
    [Fact]
    public void DescribeCluster_shows_brokers_to_clients_and_controllers_on_the_controllers_listener()
    {
        DescribeClusterResponse brokers =
            Connection.Ask<DescribeClusterResponse>(new DescribeClusterRequest { EndpointType = 1 }, 1);
        Assert.Equal((TestNode.ClusterId, 1, Node.Port), (brokers.ClusterId, brokers.ControllerId, Port(brokers)));
        using RawConnection controller = RawConnection.To(Node.ControllerPort);
        DescribeClusterResponse controllers =
            controller.Ask<DescribeClusterResponse>(new DescribeClusterRequest { EndpointType = 2 }, 1);
        Assert.Equal((1, Node.ControllerPort), (controllers.ControllerId, Port(controllers)));
        DescribeClusterResponse wrong =
            Connection.Ask<DescribeClusterResponse>(new DescribeClusterRequest { EndpointType = 2 }, 1);
        Assert.Equal(ErrorCode.MismatchedEndpointType, (ErrorCode)wrong.ErrorCode);
    }

    [Fact]
    public void DescribeQuorum_tells_of_the_metadata_log_and_of_no_other()
    {
        DescribeQuorumResponse.PartitionData quorum = Quorum("__cluster_metadata");
        Assert.Equal((ErrorCode.None, 1), ((ErrorCode)quorum.ErrorCode, quorum.LeaderId));
        Assert.Equal(1, Assert.Single(quorum.CurrentVoters).ReplicaId);
        Assert.True(quorum.HighWatermark > 0);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (ErrorCode)Quorum("t").ErrorCode);
        Assert.Equal(1, Quorum("__cluster_metadata", version: 0).LeaderId);
        Assert.Equal(1, Quorum("__cluster_metadata", version: 1).LeaderId);
    }

    [Fact]
    public void UpdateFeatures_refuses_features_and_levels_that_are_not_there()
    {
        UpdateFeaturesRequest unknown = new() { ValidateOnly = true };
        unknown.FeatureUpdates.Add(new() { Feature = "no.such", MaxVersionLevel = 1, UpgradeType = 1 });
        Assert.Equal(
            ErrorCode.InvalidUpdateVersion,
            (ErrorCode)Connection.Ask<UpdateFeaturesResponse>(unknown, 2).ErrorCode);
        UpdateFeaturesRequest high = new() { ValidateOnly = true };
        high.FeatureUpdates.Add(new() { Feature = "metadata.version", MaxVersionLevel = 999, UpgradeType = 1 });
        Assert.Equal(
            ErrorCode.InvalidUpdateVersion,
            (ErrorCode)Connection.Ask<UpdateFeaturesResponse>(high, 2).ErrorCode);
    }

    [Fact]
    public void UnregisterBroker_knows_only_brokers_that_are_registered() => Assert.Equal(
        ErrorCode.BrokerIdNotRegistered,
        (ErrorCode)Connection.Ask<UnregisterBrokerResponse>(new UnregisterBrokerRequest { BrokerId = 9 }, 0)
            .ErrorCode);

    [Fact]
    public void DescribeTopicPartitions_goes_on_at_its_cursor()
    {
        Node.CreateTopic("a", 3);
        Node.CreateTopic("b");
        DescribeTopicPartitionsRequest request = new() { ResponsePartitionLimit = 2 };
        DescribeTopicPartitionsResponse first = Connection.Ask<DescribeTopicPartitionsResponse>(request, 0);
        Assert.Equal(["a0", "a1"], Partitions(first));
        request.Cursor = new() { TopicName = first.NextCursor!.TopicName, PartitionIndex = 2 };
        DescribeTopicPartitionsResponse second = Connection.Ask<DescribeTopicPartitionsResponse>(request, 0);
        Assert.Equal(["a2", "b0"], Partitions(second));
        Assert.Null(second.NextCursor);
    }

    [Fact]
    public void OffsetForLeaderEpoch_tells_where_an_epoch_ended()
    {
        Node.CreateTopic("t");
        Connection.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of("a", "b")), 9);
        Assert.Equal((ErrorCode.None, 2L), EndOf(epoch: 0, current: -1));
        Assert.Equal((ErrorCode.None, -1L), EndOf(epoch: 7, current: 0));
        Assert.Equal((ErrorCode.UnknownLeaderEpoch, -1L), EndOf(epoch: 0, current: 5));
        Assert.Equal((ErrorCode.FencedLeaderEpoch, -1L), EndOf(epoch: 0, current: -5));
    }

    private static int Port(DescribeClusterResponse response) => Assert.Single(response.Brokers).Port;

    private static IEnumerable<string> Partitions(DescribeTopicPartitionsResponse response) =>
        response.Topics.SelectMany(static topic =>
            topic.Partitions.Select(partition => $"{topic.Name}{partition.PartitionIndex}"));

    private DescribeQuorumResponse.PartitionData Quorum(string topic, short version = 2)
    {
        DescribeQuorumRequest request = new();
        request.Topics.Add(new() { TopicName = topic, Partitions = [new() { PartitionIndex = 0 }] });
        return Connection.Ask<DescribeQuorumResponse>(request, version).Topics[0].Partitions[0];
    }

    private (ErrorCode Error, long End) EndOf(int epoch, int current)
    {
        OffsetForLeaderEpochRequest request = new() { ReplicaId = -1 };
        request.Topics.Add(new()
        {
            Topic = "t",
            Partitions = [new() { Partition = 0, CurrentLeaderEpoch = current, LeaderEpoch = epoch }],
        });
        OffsetForLeaderEpochResponse.EpochEndOffset told =
            Connection.Ask<OffsetForLeaderEpochResponse>(request, 4).Topics[0].Partitions[0];
        return ((ErrorCode)told.ErrorCode, told.EndOffset);
    }
}
