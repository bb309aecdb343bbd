using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Broker.Tests;

/// <summary>Requests that name a partition, or bring a batch, more than once, as Apache Kafka takes them.</summary>
public sealed class RepeatedPartitionTests : OneNodeTests
{
    public RepeatedPartitionTests()
    {
        Node.CreateTopic("t", 2);
        Node.CreateTopic("u");
    }

    [Fact]
    public void Produce_keeps_the_last_of_a_partition()
    {
        ProduceRequest request = Wire.Produce("t", TestBatch.Of("dropped"));
        request.TopicData[0].PartitionData.Add(new() { Index = 1, Records = TestBatch.Of("a") });
        request.TopicData[0].PartitionData.Add(new() { Index = 0, Records = TestBatch.Of("dropped", "too") });
        request.TopicData.Add(Wire.Produce("u", TestBatch.Of("a")).TopicData[0]);
        request.TopicData.Add(Wire.Produce("t", TestBatch.Of("b", "c", "d")).TopicData[0]);
        ProduceResponse response = Connection.Ask<ProduceResponse>(request, 9);

        Assert.Equal(
            ["t1:0", "u0:0", "t0:0"],
            response.Responses.SelectMany(static topic => topic.PartitionResponses.Select(
                partition => $"{topic.Name}{partition.Index}:{partition.ErrorCode}")));
        Assert.Equal((3, 1), (EndOffset("t", 0), EndOffset("t", 1)));
    }

    [Fact]
    public void A_partition_that_is_not_there_is_refused_as_often_as_it_is_named()
    {
        ProduceRequest request = Wire.Produce("t", TestBatch.Of("a"), partition: 9);
        request.TopicData[0].PartitionData.Add(new() { Index = 9, Records = TestBatch.Of("a") });
        ProduceResponse response = Connection.Ask<ProduceResponse>(request, 9);
        Assert.All(
            response.Responses[0].PartitionResponses,
            static partition => Assert.Equal(ErrorCode.UnknownTopicOrPartition, (ErrorCode)partition.ErrorCode));
    }

    [Fact]
    public void Fetch_reads_a_partition_once_from_where_it_was_named_last()
    {
        Connection.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of("a")), 9);
        Connection.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of("b")), 9);
        foreach (int session in (int[])[-1, 0])
        {
            FetchRequest request = Wire.Fetch("t", 0);
            request.Topics[0].Partitions.Add(Wire.Fetch("t", 1).Topics[0].Partitions[0]);
            request.SessionEpoch = session;
            FetchResponse response = Connection.Ask<FetchResponse>(request, 11);
            FetchResponse.PartitionData read = Assert.Single(Assert.Single(response.Responses).Partitions);
            Assert.Equal(1, read.Records!.Value.Span[7]);
        }
    }

    [Fact]
    public void A_follower_is_refused_by_partition_so_that_every_version_sees_it()
    {
        foreach (short version in (short[])[4, 6, 7, 12])
        {
            FetchRequest request = Wire.Fetch("t", 0);
            request.ReplicaId = 2;
            FetchResponse response = Connection.Ask<FetchResponse>(request, version);
            Assert.Equal(
                ErrorCode.NotLeaderOrFollower,
                (ErrorCode)Assert.Single(Assert.Single(response.Responses).Partitions).ErrorCode);
        }
    }

    [Fact]
    public void ListOffsets_refuses_once_what_is_named_twice()
    {
        for (short version = 1; version <= 11; version++)
        {
            ListOffsetsRequest request = new() { ReplicaId = -1 };
            foreach (int[] partitions in (int[][])[[0, 1, 0], [0]])
            {
                ListOffsetsRequest.ListOffsetsTopic asked = new() { Name = "t" };
                asked.Partitions.AddRange(partitions.Select(static partition =>
                    new ListOffsetsRequest.ListOffsetsPartition
                    {
                        PartitionIndex = partition,
                        Timestamp = -1,
                        CurrentLeaderEpoch = -1,
                    }));
                request.Topics.Add(asked);
            }

            ListOffsetsResponse response = Connection.Ask<ListOffsetsResponse>(request, version);
            Assert.Equal(
                [(0, ErrorCode.InvalidRequest), (1, ErrorCode.None)],
                Assert.Single(response.Topics).Partitions.Select(
                    static partition => (partition.PartitionIndex, (ErrorCode)partition.ErrorCode)));
        }
    }

    [Fact]
    public void A_repeated_batch_is_answered_with_its_largest_timestamp()
    {
        long time = TestBatch.Now;
        RecordBatchTemplate template = new() { Producer = new ProducerIdAndEpoch(7, 0), BaseSequence = 0 };
        byte[] batch = TestBatch.Of(template, time, "a", "b");
        Assert.Equal((0, -1), Send(batch));
        Assert.Equal((0, time), Send(batch));

        (long Offset, long Time) Send(byte[] records)
        {
            ProduceResponse response = Connection.Ask<ProduceResponse>(Wire.Produce("t", records), 9);
            ProduceResponse.PartitionProduceResponse told = response.Responses[0].PartitionResponses[0];
            return (told.BaseOffset, told.LogAppendTimeMs);
        }
    }

    private long EndOffset(string topic, int partition)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1 };
        ListOffsetsRequest.ListOffsetsTopic asked = new() { Name = topic };
        asked.Partitions.Add(new() { PartitionIndex = partition, Timestamp = -1, CurrentLeaderEpoch = -1 });
        request.Topics.Add(asked);
        return Connection.Ask<ListOffsetsResponse>(request, 7).Topics[0].Partitions[0].Offset;
    }
}
