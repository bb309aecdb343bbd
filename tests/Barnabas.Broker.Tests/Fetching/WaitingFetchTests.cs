using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>A fetch that waits counts what arrives, and reads when that may be enough.</summary>
public sealed class WaitingFetchTests
{
    private const int MinBytes = 20_000;

    [Fact]
    public void A_waiting_fetch_reads_no_file_before_enough_has_arrived()
    {
        FaultyDisk disk = null!;
        using TestNode node = TestNode.Start(disk: real => disk = new FaultyDisk(real));
        node.CreateTopic("a");
        using RawConnection producer = node.Connect();
        using RawConnection consumer = node.Connect();
        Produce(producer, "first");
        long start = disk.SegmentReads;
        consumer.Send(Wire.Frame(Wire.Fetch("a", 0, maxWaitMs: 60_000, minBytes: MinBytes), 12));
        Assert.True(SpinWait.SpinUntil(() => disk.SegmentReads > start, TimeSpan.FromSeconds(30)), "it never looked");
        long before = disk.SegmentReads;
        for (int i = 0; i < 20; i++)
        {
            Produce(producer, "a little");
        }

        Assert.Equal(before, disk.SegmentReads);
        Produce(producer, new string('x', MinBytes));
        FetchResponse answer = Wire.Decode<FetchResponse>(consumer.Receive()!, 12);
        Assert.True(answer.Responses[0].Partitions[0].Records!.Value.Length >= MinBytes);
        Assert.True(disk.SegmentReads > before);
    }

    private static void Produce(RawConnection connection, string value)
    {
        ProduceResponse answer = connection.Ask<ProduceResponse>(Wire.Produce("a", TestBatch.Of(value)), 9);
        Assert.Equal((short)ErrorCode.None, answer.Responses[0].PartitionResponses[0].ErrorCode);
    }
}
