using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>
/// A fetcher that still names a partition that is gone waits with the others, as at Apache Kafka: it would else ask in
/// a loop without a pause. No reply comes by its deadline here: that lies behind the patience of the connection.
/// </summary>
public sealed class UnknownPartitionTests : OneNodeTests
{
    private const int Forever = 600_000;

    public UnknownPartitionTests() => Node.CreateTopic("t");

    [Theory]
    [InlineData("nowhere", 0)]
    [InlineData("t", 9)]
    public void A_partition_that_is_not_there_does_not_end_the_wait_for_one_that_is(string topic, int partition)
    {
        Connection.Send(Wire.Frame(Both(topic, partition), 11));
        AssertRecordsOfT(Next());
    }

    [Fact]
    public void It_does_not_end_the_wait_within_a_session_either()
    {
        FetchRequest first = Both("nowhere", 0);
        first.SessionEpoch = 0;
        first.MaxWaitMs = 0;
        FetchResponse full = Connection.Ask<FetchResponse>(first, 11);
        Assert.NotEqual(0, full.SessionId);
        FetchRequest next = new()
        {
            MaxWaitMs = Forever,
            MinBytes = 1,
            MaxBytes = 1 << 20,
            SessionId = full.SessionId,
            SessionEpoch = 1,
        };
        Connection.Send(Wire.Frame(next, 11));
        AssertRecordsOfT(Next());
    }

    [Fact]
    public void Where_no_partition_is_there_the_answer_comes_at_once()
    {
        FetchResponse response = Connection.Ask<FetchResponse>(Wire.Fetch("nowhere", 0, maxWaitMs: Forever), 11);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (ErrorCode)response.Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public void A_partition_that_is_deleted_ends_the_wait_once()
    {
        Node.CreateTopic("gone");
        Connection.Send(Wire.Frame(Both("gone", 0), 11));
        using (RawConnection other = Node.Connect())
        {
            DeleteTopicsRequest delete = new() { TopicNames = ["gone"], TimeoutMs = 10_000 };
            other.Ask<DeleteTopicsResponse>(delete, 5);
        }

        FetchResponse told = Wire.Decode<FetchResponse>(Connection.Receive()!, 11);
        Assert.NotEqual(0, told.Responses.Single(static t => t.Topic == "gone").Partitions[0].ErrorCode);
        Connection.Send(Wire.Frame(Both("gone", 0), 11));
        AssertRecordsOfT(Next());
    }

    private static FetchRequest Both(string topic, int partition)
    {
        FetchRequest request = Wire.Fetch("t", 0, maxWaitMs: Forever);
        request.Topics.AddRange(Wire.Fetch(topic, 0, partition: partition).Topics);
        return request;
    }

    private static void AssertRecordsOfT(FetchResponse response)
    {
        List<FetchResponse.PartitionData> partitions = [.. response.Responses.SelectMany(static t => t.Partitions)];
        Assert.Contains(partitions, static read => read.ErrorCode == 0 && read.Records is { Length: > 0 });
        Assert.Contains(
            partitions, static read => read.ErrorCode == (short)ErrorCode.UnknownTopicOrPartition);
    }

    /// <summary>What the waiting fetch is answered once there is something to read.</summary>
    private FetchResponse Next()
    {
        using RawConnection other = Node.Connect();
        other.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of("a")), 9);
        return Wire.Decode<FetchResponse>(Connection.Receive()!, 11);
    }
}
