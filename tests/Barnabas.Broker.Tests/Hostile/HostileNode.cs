using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>One node for many bad inputs, with the topics they name, and a healthy client beside them.</summary>
public sealed class HostileNode : IDisposable
{
    private readonly RawConnection _healthy;

    public HostileNode()
    {
        Node = TestNode.Start();
        Node.CreateTopic("t");
        Node.CreateTopic("a.b");
        Node.CreateTopic("compacted", 1, ("cleanup.policy", "compact"));
        Node.CreateTopic("healthy");
        Node.FindCoordinator("g");
        _healthy = Node.Connect();
    }

    internal TestNode Node { get; }

    public long EndOffset(string topic)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1 };
        ListOffsetsRequest.ListOffsetsTopic asked = new() { Name = topic };
        asked.Partitions.Add(new() { PartitionIndex = 0, Timestamp = -1, CurrentLeaderEpoch = -1 });
        request.Topics.Add(asked);
        return _healthy.Ask<ListOffsetsResponse>(request, 5).Topics[0].Partitions[0].Offset;
    }

    /// <summary>Nothing threw, and a connection opened before all this still produces.</summary>
    public void AssertWell()
    {
        Assert.Empty(Node.Faults);
        ProduceResponse response =
            _healthy.Ask<ProduceResponse>(Wire.Produce("healthy", TestBatch.Of("v")), 9);
        Assert.Equal(ErrorCode.None, (ErrorCode)response.Responses[0].PartitionResponses[0].ErrorCode);
    }

    public void Dispose()
    {
        _healthy.Dispose();
        Node.Dispose();
    }
}
