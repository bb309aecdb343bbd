using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Broker.Tests;

/// <summary>
/// What a producer with a transactional id, or with transactional records, is told: something that ends it at once.
/// </summary>
public sealed class TransactionsAreNotServedTests : OneNodeTests
{
    public TransactionsAreNotServedTests() => Node.CreateTopic("t", 2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_coordinator_of_a_transaction_is_refused_for_good_and_with_a_reason(short version)
    {
        FindCoordinatorResponse response = Connection.Ask<FindCoordinatorResponse>(
            new FindCoordinatorRequest { Key = "x", KeyType = 1 }, version);
        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, (ErrorCode)response.ErrorCode);
        Assert.Contains("transactions", response.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void So_are_the_coordinators_of_several()
    {
        FindCoordinatorResponse response = Connection.Ask<FindCoordinatorResponse>(
            new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = ["x", "y"] }, 4);
        Assert.Equal(["x", "y"], response.Coordinators.Select(static found => found.Key));
        Assert.All(response.Coordinators, static found =>
        {
            Assert.Equal(ErrorCode.ClusterAuthorizationFailed, (ErrorCode)found.ErrorCode);
            Assert.Contains("transactions", found.ErrorMessage, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_transactional_id_gets_no_producer_id()
    {
        InitProducerIdRequest request = new() { TransactionalId = "x", TransactionTimeoutMs = 60_000 };
        InitProducerIdResponse response = Connection.Ask<InitProducerIdResponse>(request, 4);
        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, (ErrorCode)response.ErrorCode);
    }

    [Theory]
    [InlineData((short)-1)]
    [InlineData((short)7)]
    public void Transactional_records_without_the_id_refuse_the_whole_request(short acks)
    {
        ProduceRequest request = Wire.Produce("t", TestBatch.Of("a"), acks);
        request.TopicData[0].PartitionData.Add(new() { Index = 1, Records = Transactional() });
        request.TopicData[0].PartitionData.Add(new() { Index = 9, Records = TestBatch.Of("a") });
        ProduceResponse response = Connection.Ask<ProduceResponse>(request, 9);
        Assert.Equal(
            [53, 53, 53],
            response.Responses.SelectMany(static topic => topic.PartitionResponses.Select(static p => p.ErrorCode)));

        // The refused record took no offset.
        ProduceResponse next = Connection.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of("b")), 9);
        Assert.Equal(0, next.Responses[0].PartitionResponses[0].BaseOffset);
    }

    [Fact]
    public void With_the_id_only_the_partitions_of_transactional_records_are_refused()
    {
        ProduceRequest request = Wire.Produce("t", TestBatch.Of("a"));
        request.TransactionalId = "x";
        request.TopicData[0].PartitionData.Add(new() { Index = 1, Records = Transactional() });
        ProduceResponse response = Connection.Ask<ProduceResponse>(request, 9);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.InvalidTxnState],
            response.Responses[0].PartitionResponses.Select(static p => (ErrorCode)p.ErrorCode));
    }

    private static byte[] Transactional() => TestBatch.Of(
        new RecordBatchTemplate
        {
            Producer = new ProducerIdAndEpoch(7, 0),
            BaseSequence = 0,
            IsTransactional = true,
        },
        "a");
}
