using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Broker.Tests;

/// <summary>What is told of transactions that another server of this directory ended, or did not.</summary>
public sealed class AbortedTransactionTests
{
    private const sbyte ReadCommitted = 1;

    [Fact]
    public void A_read_committed_fetch_names_the_aborted_transactions_of_its_records_and_another_none()
    {
        using TestNode node = Serve(
            Data(7, "a"),
            Data(8, "b"),
            End(7, ControlRecordType.Commit),
            End(8, ControlRecordType.Abort),
            TestBatch.Of("plain"),
            Data(8, "c"),
            End(8, ControlRecordType.Abort));
        using RawConnection connection = node.Connect();

        FetchResponse.PartitionData all = Fetch(connection, from: 0, ReadCommitted);
        Assert.Equal([(8L, 1L), (8L, 5L)], Aborted(all));
        Assert.Equal(7, all.LastStableOffset);
        Assert.Equal([(8L, 5L)], Aborted(Fetch(connection, from: 4, ReadCommitted)));
        Assert.Null(Fetch(connection, from: 0, isolation: 0).AbortedTransactions);
        Assert.Empty(node.Events.OpenTransactions);
        Assert.Empty(node.Faults);
    }

    [Fact]
    public void The_operator_is_told_of_a_transaction_that_holds_readers_back()
    {
        using TestNode node = Serve(
            TestBatch.Of("plain"), Data(7, "a"), Data(8, "b"), End(8, ControlRecordType.Abort), TestBatch.Of("plain"));
        using RawConnection connection = node.Connect();

        Assert.Equal(["t-0: producer 7 from 1"], node.Events.OpenTransactions);
        FetchResponse.PartitionData found = Fetch(connection, from: 0, ReadCommitted);
        Assert.Equal((5, 1), (found.HighWatermark, found.LastStableOffset));
        Assert.Empty(found.AbortedTransactions!);
        Assert.Empty(node.Faults);
    }

    /// <summary>A node whose topic <c>t</c> holds batches that it did not append itself.</summary>
    private static TestNode Serve(params byte[][] batches)
    {
        TestNode node = TestNode.Start();
        try
        {
            node.CreateTopic("t");
            node.Kill();
            using (FileStream log = File.OpenWrite(Path.Combine(node.Data, "t-0", "00000000000000000000.log")))
            {
                long next = 0;
                foreach (byte[] bytes in batches)
                {
                    System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, next);
                    next = new RecordBatch(bytes).NextOffset.Value;
                    log.Write(bytes);
                }
            }

            node.Open();
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    private static byte[] Data(long producer, string value) => TestBatch.Of(
        new RecordBatchTemplate { IsTransactional = true, Producer = new(producer, 0), BaseSequence = 0 }, value);

    private static byte[] End(long producer, ControlRecordType type)
    {
        RecordBatchBuilder builder = new(new CompressionCodecs(), 1 << 10);
        builder.Reset(new RecordBatchTemplate
        {
            IsControl = true,
            IsTransactional = true,
            Producer = new(producer, 0),
        });
        byte[] value = new byte[ControlRecord.EndTransactionSize];
        ControlRecord.WriteEndTransaction(value, coordinatorEpoch: 1);
        Assert.True(builder.TryAppendControl(type, TestBatch.Now, value));
        return builder.Build().ToArray();
    }

    private static FetchResponse.PartitionData Fetch(RawConnection connection, long from, sbyte isolation)
    {
        FetchRequest request = Wire.Fetch("t", from);
        request.IsolationLevel = isolation;
        FetchResponse response = connection.Ask<FetchResponse>(request, 12);
        FetchResponse.PartitionData found = response.Responses[0].Partitions[0];
        Assert.Equal(ErrorCode.None, (ErrorCode)found.ErrorCode);
        return found;
    }

    private static (long ProducerId, long FirstOffset)[] Aborted(FetchResponse.PartitionData found) =>
        [.. found.AbortedTransactions!.Select(static each => (each.ProducerId, each.FirstOffset))];
}
