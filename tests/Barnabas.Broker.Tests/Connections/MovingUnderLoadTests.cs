using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>
/// A whole node whose connections change their reactor all the time: clients notice nothing of it.
/// </summary>
public sealed class MovingUnderLoadTests : IDisposable
{
    private const int Requests = 500;
    private const int InFlight = 5;

    private readonly TestNode _node;
    private MovingNetwork _network = null!;

    public MovingUnderLoadTests()
    {
        _node = TestNode.Start(reactors: 3, network: real => _network = new MovingNetwork(real));
        _node.CreateTopic("t");
    }

    public void Dispose()
    {
        _network.IsResting = true;
        _node.Dispose();
        Assert.Empty(_node.Faults);
    }

    [Fact]
    public async Task Pipelined_produces_are_answered_in_order_while_a_waiting_consumer_reads_them_all()
    {
        Task<long> consumer = Task.Factory.StartNew(Consume, TaskCreationOptions.LongRunning);
        using RawConnection producer = _node.Connect();
        byte[] batch = TestBatch.Of("a value");
        for (int i = 0; i < Requests + InFlight; i++)
        {
            if (i < Requests)
            {
                // In two pieces, so that many a turn ends with the first of them.
                byte[] frame = Wire.Frame(Wire.Produce("t", batch), 9, correlationId: i);
                producer.Send(frame.AsSpan(0, i % frame.Length));
                producer.Send(frame.AsSpan(i % frame.Length));
            }

            if (i >= InFlight)
            {
                ProduceResponse answer = Wire.Decode<ProduceResponse>(producer.Receive()!, 9, i - InFlight);
                ProduceResponse.PartitionProduceResponse produced = answer.Responses[0].PartitionResponses[0];
                Assert.Equal((0, i - InFlight), ((int)produced.ErrorCode, (int)produced.BaseOffset));
            }
        }

        Assert.Equal(Requests, await consumer);
        Assert.True(_network.Moves > Requests / 10, $"{_network.Moves} moves prove nothing");
    }

    [Fact]
    public void Group_requests_find_their_way_back()
    {
        _node.FindCoordinator("g");
        using RawConnection client = _node.Connect();
        JoinGroupRequest join = new()
        {
            GroupId = "g",
            SessionTimeoutMs = 30_000,
            RebalanceTimeoutMs = 10_000,
            ProtocolType = "consumer",
            Protocols = [new() { Name = "range", Metadata = [] }],
        };
        JoinGroupResponse joined = client.Ask<JoinGroupResponse>(join, 3);
        SyncGroupRequest sync = new() { GroupId = "g", MemberId = joined.MemberId, GenerationId = 1 };
        sync.Assignments.Add(new() { MemberId = joined.MemberId, Assignment = [1] });
        Assert.Equal(0, client.Ask<SyncGroupResponse>(sync, 3).ErrorCode);
        HeartbeatRequest heartbeat = new() { GroupId = "g", MemberId = joined.MemberId, GenerationId = 1 };
        long before = _network.Moves;
        for (int i = 0; i < Requests || _network.Moves < before + 10; i++)
        {
            Assert.Equal(0, client.Ask<HeartbeatResponse>(heartbeat, 4, correlationId: i).ErrorCode);
        }
    }

    [Fact]
    public void A_node_closes_while_its_connections_move()
    {
        RawConnection[] clients = [.. Enumerable.Range(0, 20).Select(_ => _node.Connect())];
        byte[] ask = Wire.Frame(new ApiVersionsRequest(), 0);
        foreach (RawConnection client in clients)
        {
            client.Send(ask);
            Assert.Equal(7, BinaryPrimitives.ReadInt32BigEndian(client.Receive()));
        }

        long before = _network.Moves;
        Assert.True(SpinWait.SpinUntil(() => _network.Moves > before + 100, TimeSpan.FromSeconds(30)));
        _node.Close();
        Assert.All(clients, static client => Assert.True(client.IsClosedByNode()));
        Array.ForEach(clients, static client => client.Dispose());
    }

    /// <summary>Waits at the end of the log for each next record, with a fetch that is parked.</summary>
    private long Consume()
    {
        using RawConnection consumer = _node.Connect();
        long next = 0;
        for (int fetch = 0; next < Requests; fetch++)
        {
            FetchResponse answer = consumer.Ask<FetchResponse>(
                Wire.Fetch("t", next, maxWaitMs: 30_000), 12, correlationId: fetch);
            FetchResponse.PartitionData read = answer.Responses[0].Partitions[0];
            Assert.Equal(0, read.ErrorCode);
            ReadOnlySpan<byte> records = read.Records!.Value.Span;
            while (!records.IsEmpty)
            {
                Assert.Equal(next, BinaryPrimitives.ReadInt64BigEndian(records));
                records = records[(12 + BinaryPrimitives.ReadInt32BigEndian(records[8..]))..];
                next++;
            }
        }

        return next;
    }
}
