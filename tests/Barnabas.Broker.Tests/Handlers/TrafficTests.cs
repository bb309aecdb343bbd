using Barnabas.Protocol;
using Barnabas.Replication;

namespace Barnabas.Broker.Tests;

/// <summary>What is counted of produces and fetches.</summary>
public sealed class TrafficTests
{
    [Fact]
    public void A_produce_is_counted_for_its_topic_and_for_all()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("counted");
        node.CreateTopic("silent");
        byte[] batch = TestBatch.Of(["one", "two"]);
        using RawConnection connection = node.Connect();
        connection.Ask<ProduceResponse>(Wire.Produce("counted", batch, acks: -1), 9);

        LocalTopic counted = Find(node, "counted");
        foreach (TopicCounters counters in (TopicCounters[])[node.Broker.Traffic.AllTopics, counted.CountersIfAny!])
        {
            Assert.Equal(1, counters[TopicCount.Produces]);
            Assert.Equal(2, counters[TopicCount.MessagesIn]);
            Assert.Equal(batch.Length, counters[TopicCount.BytesIn]);
            Assert.Equal(0, counters[TopicCount.FailedProduces]);
        }

        Assert.Null(Find(node, "silent").CountersIfAny);
        RequestCounters produce = node.Broker.ConnectionCounters.Requests.Single(static r => r.Name == "Produce");
        Assert.Equal(1, produce.Of(version: 9));
        Assert.Equal(1, produce.TotalTime.Snapshot().Count);
        Assert.Equal(1, produce.LocalTime.Snapshot().Count);
        Assert.Equal(node.Broker.Traffic.ProducesParked.Value, node.Broker.Traffic.ProducesReleased.Value);
    }

    [Fact]
    public void A_batch_that_is_too_large_is_rejected_and_no_failure()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("small", configs: ("max.message.bytes", "100"));
        byte[] batch = TestBatch.Of([new string('x', 1000)]);
        using RawConnection connection = node.Connect();
        connection.Ask<ProduceResponse>(Wire.Produce("small", batch, acks: 1), 9);

        TopicCounters counters = Find(node, "small").CountersIfAny!;
        Assert.Equal(1, counters[TopicCount.Produces]);
        Assert.Equal(batch.Length, counters[TopicCount.BytesRejected]);
        Assert.Equal(0, counters[TopicCount.BytesIn]);
        Assert.Equal(0, counters[TopicCount.FailedProduces]);
    }

    private static LocalTopic Find(TestNode node, string name) =>
        node.Broker.Gauges!.Topics.Single(topic => topic.Name == name);
}
