using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>A fetch that wants more than the rest of a segment, while there are records in the next.</summary>
public sealed class SegmentEndTests
{
    /// <summary>Longer than the connection of the test waits.</summary>
    private const int LongWaitMs = 600_000;

    [Fact]
    public void A_fetch_does_not_wait_for_more_of_a_segment_that_will_not_grow()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("t", 1, ("segment.bytes", "1048576"));
        using RawConnection connection = node.Connect();
        for (int i = 0; i < 2; i++)
        {
            ProduceResponse produced = connection.Ask<ProduceResponse>(
                Wire.Produce("t", TestBatch.Of(new string('x', 600_000))), 9);
            Assert.Equal(ErrorCode.None, (ErrorCode)produced.Responses[0].PartitionResponses[0].ErrorCode);
        }

        FetchRequest request = Wire.Fetch("t", 0, maxWaitMs: LongWaitMs, minBytes: 1_000_000, maxBytes: 10_000_000);
        FetchResponse.PartitionData read =
            connection.Ask<FetchResponse>(request, 12).Responses[0].Partitions[0];
        Assert.Equal((2, ErrorCode.None), (read.HighWatermark, (ErrorCode)read.ErrorCode));
        Assert.InRange(read.Records!.Value.Length, 600_000, 700_000);
        Assert.Empty(node.Faults);
    }

    [Fact]
    public void A_fetch_that_waits_is_answered_when_its_segment_ends()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("t", 1, ("segment.bytes", "1048576"));
        using RawConnection producer = node.Connect();
        producer.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of(new string('x', 600_000))), 9);
        using RawConnection consumer = node.Connect();
        // More than there will ever be.
        FetchRequest large = Wire.Fetch("t", 0, maxWaitMs: LongWaitMs, minBytes: 5_000_000, maxBytes: 10_000_000);
        consumer.Send(Wire.Frame(large, 12, correlationId: 1));
        bool waits = SpinWait.SpinUntil(() => node.Broker.Traffic.FetchesParked.Value == 1, TimeSpan.FromSeconds(30));
        Assert.True(waits);

        producer.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of(new string('y', 600_000))), 9);
        FetchResponse answer = Wire.Decode<FetchResponse>(consumer.Receive()!, 12, 1);
        Assert.InRange(answer.Responses[0].Partitions[0].Records!.Value.Length, 600_000, 700_000);
        Assert.Empty(node.Faults);
    }
}
