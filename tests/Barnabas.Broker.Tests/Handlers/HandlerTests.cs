using System.Diagnostics;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Requests of the smaller apis against a whole node.</summary>
public sealed class HandlerTests : OneNodeTests
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;

    [Fact]
    public void ListOffsets_finds_ends_and_times()
    {
        Node.CreateTopic("t");
        Assert.Equal((-1, -1), Find(timestamp: 5));
        foreach (long time in (long[])[1_000_000, 3_000_000, 2_000_000])
        {
            Produce("t", TestBatch.Of(new Records.RecordBatchTemplate(), time, "a", "b"));
        }

        Assert.Equal((0, -1), Find(timestamp: -2));
        Assert.Equal((6, -1), Find(timestamp: -1));
        Assert.Equal((0, 1_000_000), Find(timestamp: 0));
        Assert.Equal((2, 3_000_000), Find(timestamp: 1_000_001));
        Assert.Equal((2, 3_000_000), Find(timestamp: -3));
        Assert.Equal((-1, -1), Find(timestamp: 3_000_001));
    }

    [Theory]
    [InlineData("t", -1, 0, 1_000, ErrorCode.UnknownLeaderEpoch)]
    [InlineData("t", -1, 7, -1, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("nowhere", -1, 0, -1, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("t", -99, 0, -1, ErrorCode.UnsupportedVersion)]
    public void ListOffsets_refuses(string topic, long timestamp, int partition, int epoch, ErrorCode expected)
    {
        Node.CreateTopic("t");
        ListOffsetsRequest request = ListOffsets(topic, timestamp, partition);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;
        ListOffsetsResponse response = Connection.Ask<ListOffsetsResponse>(request, 7);
        Assert.Equal(expected, (ErrorCode)response.Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public void ListOffsets_refuses_a_partition_named_twice_and_says_so_once()
    {
        Node.CreateTopic("t", 2);
        ListOffsetsRequest request = ListOffsets("t", -1);
        request.Topics.Add(ListOffsets("t", -1).Topics[0]);
        request.Topics[1].Partitions.Add(ListOffsets("t", -1, partition: 1).Topics[0].Partitions[0]);
        ListOffsetsResponse response = Connection.Ask<ListOffsetsResponse>(request, 7);
        Assert.Equal(
            [(0, ErrorCode.InvalidRequest), (1, ErrorCode.None)],
            Assert.Single(response.Topics).Partitions.Select(
                static partition => (partition.PartitionIndex, (ErrorCode)partition.ErrorCode)));
    }

    [Fact]
    public void FindCoordinator_makes_the_offsets_topic_and_then_names_this_broker()
    {
        FindCoordinatorRequest first = new() { KeyType = 0, CoordinatorKeys = ["a", ""] };
        FindCoordinatorResponse early = Connection.Ask<FindCoordinatorResponse>(first, 4);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (ErrorCode)early.Coordinators[0].ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (ErrorCode)early.Coordinators[1].ErrorCode);
        Node.FindCoordinator("a");
        // Very old simple consumers commit for the group without a name.
        Node.FindCoordinator("");
        FindCoordinatorRequest known = new() { Key = "a" };
        FindCoordinatorResponse found = Connection.Ask<FindCoordinatorResponse>(known, 2);
        Assert.Equal((1, Node.Port), (found.NodeId, found.Port));
        FindCoordinatorRequest strange = new() { Key = "a", KeyType = 9 };
        FindCoordinatorResponse other = Connection.Ask<FindCoordinatorResponse>(strange, 2);
        Assert.Equal(ErrorCode.InvalidRequest, (ErrorCode)other.ErrorCode);
    }

    [Fact]
    public void DescribeConfigs_tells_values_with_their_origin_and_each_resource_once()
    {
        Node.CreateTopic("t", 1, ("retention.ms", "12345"));
        DescribeConfigsRequest request = new() { IncludeSynonyms = true };
        for (int i = 0; i < 1_000; i++)
        {
            request.Resources.Add(new()
            {
                ResourceType = Topic,
                ResourceName = "t",
                ConfigurationKeys = ["retention.ms"],
            });
        }

        request.Resources.Add(new() { ResourceType = Topic, ResourceName = "nowhere" });
        request.Resources.Add(new() { ResourceType = Topic, ResourceName = "a/b" });
        request.Resources.Add(new() { ResourceType = Broker, ResourceName = "1" });
        request.Resources.Add(new() { ResourceType = Broker, ResourceName = "2" });
        request.Resources.Add(new() { ResourceType = 77, ResourceName = "x" });
        DescribeConfigsResponse response = Connection.Ask<DescribeConfigsResponse>(request, 4);

        Assert.Equal(6, response.Results.Count);
        DescribeConfigsResponse.DescribeConfigsResourceResult retention = Assert.Single(response.Results[0].Configs);
        Assert.Equal(("12345", (sbyte)1), (retention.Value, retention.ConfigSource));
        Assert.Equal(
            [
                ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.InvalidTopicException, ErrorCode.None,
                ErrorCode.InvalidRequest, ErrorCode.InvalidRequest,
            ],
            response.Results.Select(static result => (ErrorCode)result.ErrorCode));
        Assert.Contains(
            response.Results[3].Configs,
            config => config.Name == "log.dirs" && config.Value == Node.Data && config.ReadOnly);
    }

    [Fact]
    public void Producer_ids_are_never_given_twice_however_many_ask_at_once()
    {
        const int Connections = 4;
        const int EachAsks = 700;
        HashSet<long> given = [];
        List<RawConnection> connections = [];
        byte[] ask = Wire.Frame(
            new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 1_000 }, 4);
        byte[] frames = [.. Enumerable.Repeat(ask, EachAsks).SelectMany(static frame => frame)];
        for (int i = 0; i < Connections; i++)
        {
            connections.Add(Node.Connect());
            connections[i].Send(frames);
        }

        foreach (RawConnection connection in connections)
        {
            for (int i = 0; i < EachAsks; i++)
            {
                InitProducerIdResponse response = Wire.Decode<InitProducerIdResponse>(connection.Receive()!, 4);
                Assert.Equal(ErrorCode.None, (ErrorCode)response.ErrorCode);
                Assert.Equal(0, response.ProducerEpoch);
                Assert.True(given.Add(response.ProducerId), $"{response.ProducerId} was given twice.");
            }
        }

        connections.ForEach(static connection => connection.Dispose());
    }

    [Fact]
    public void A_deleted_topic_wakes_who_waits_for_it_and_its_name_begins_anew()
    {
        Uuid old = Node.CreateTopic("t");
        Produce("t", TestBatch.Of("a"));
        using RawConnection waiting = Node.Connect();
        waiting.Send(Wire.Frame(Wire.Fetch("t", 1, maxWaitMs: 25_000), 11));
        DeleteTopicsRequest delete = new() { TopicNames = ["t"], TimeoutMs = 5_000 };
        Stopwatch clock = Stopwatch.StartNew();
        Assert.Equal(0, Connection.Ask<DeleteTopicsResponse>(delete, 4).Responses[0].ErrorCode);
        FetchResponse woken = Wire.Decode<FetchResponse>(waiting.Receive()!, 11);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (ErrorCode)woken.Responses[0].Partitions[0].ErrorCode);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));

        Uuid made = Node.CreateTopic("t");
        Assert.NotEqual(old, made);
        ProduceRequest byOldId = Wire.Produce("", TestBatch.Of("b"));
        byOldId.TopicData[0].TopicId = old;
        Assert.Equal(
            ErrorCode.UnknownTopicId,
            (ErrorCode)Connection.Ask<ProduceResponse>(byOldId, 13).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(0, Produce("t", TestBatch.Of("c")));
    }

    [Fact]
    public void Topics_are_made_when_they_are_asked_for_but_never_the_metadata_log()
    {
        using TestNode node = TestNode.Start("auto.create.topics.enable=true\nnum.partitions=2");
        using RawConnection connection = node.Connect();
        MetadataRequest request = new() { Topics = [], AllowAutoTopicCreation = true };
        request.Topics.Add(new() { Name = "fresh" });
        request.Topics.Add(new() { Name = "__cluster_metadata" });
        Stopwatch clock = Stopwatch.StartNew();
        MetadataResponse response;
        do
        {
            response = connection.Ask<MetadataResponse>(request, 9);
            Assert.NotEqual(ErrorCode.None, (ErrorCode)response.Topics[1].ErrorCode);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"still {(ErrorCode)response.Topics[0].ErrorCode}");
        }
        while (response.Topics[0].ErrorCode != 0);

        Assert.Equal(2, response.Topics[0].Partitions.Count);
        request.AllowAutoTopicCreation = false;
        request.Topics[0].Name = "unwanted";
        connection.Ask<MetadataResponse>(request, 9);
        Thread.Sleep(200);
        response = connection.Ask<MetadataResponse>(request, 9);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (ErrorCode)response.Topics[0].ErrorCode);
    }

    private static ListOffsetsRequest ListOffsets(string topic, long timestamp, int partition = 0)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1 };
        ListOffsetsRequest.ListOffsetsTopic asked = new() { Name = topic };
        asked.Partitions.Add(new() { PartitionIndex = partition, Timestamp = timestamp, CurrentLeaderEpoch = -1 });
        request.Topics.Add(asked);
        return request;
    }

    private (long Offset, long Timestamp) Find(long timestamp)
    {
        ListOffsetsResponse.ListOffsetsPartitionResponse found =
            Connection.Ask<ListOffsetsResponse>(ListOffsets("t", timestamp), 7).Topics[0].Partitions[0];
        Assert.Equal(ErrorCode.None, (ErrorCode)found.ErrorCode);
        return (found.Offset, found.Timestamp);
    }

    private long Produce(string topic, byte[] batch)
    {
        ProduceResponse.PartitionProduceResponse told =
            Connection.Ask<ProduceResponse>(Wire.Produce(topic, batch), 9).Responses[0].PartitionResponses[0];
        Assert.Equal(ErrorCode.None, (ErrorCode)told.ErrorCode);
        return told.BaseOffset;
    }
}
