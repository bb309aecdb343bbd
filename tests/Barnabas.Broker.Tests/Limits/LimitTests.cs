using System.Diagnostics;
using System.Net.Sockets;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>
/// The limits of <c>docs/limits.md</c> on a whole node, set in its configuration and reached by real sockets.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class LimitTests
{
    [Fact]
    public void Requests_above_socket_request_max_bytes_end_the_connection_and_those_at_it_are_served()
    {
        using TestNode node = TestNode.Start("socket.request.max.bytes=10000");
        byte[] body = Wire.Body(new MetadataRequest { Topics = [] }, 1);
        byte[] header = Wire.Header((short)ApiKey.Metadata, 1);
        byte[] atLimit = [.. header, .. body, .. new byte[10_000 - header.Length - body.Length]];

        using RawConnection allowed = node.Connect();
        allowed.Send(Wire.WithLength(atLimit));
        Assert.NotNull(allowed.Receive());
        allowed.Send(Wire.WithLength([.. atLimit, 0]).AsSpan(0, 4));
        Assert.True(allowed.IsClosedByNode());
    }

    [Fact]
    public void More_than_max_connections_are_turned_away_over_all_listeners_and_leave_room_when_they_go()
    {
        using TestNode node = TestNode.Start("max.connections=3");
        List<RawConnection> inside = [node.Connect(), node.Connect(), RawConnection.To(node.ControllerPort)];
        inside.ForEach(AssertServed);
        using (RawConnection refused = node.Connect())
        {
            Assert.True(refused.IsClosedByNode());
        }

        Assert.Equal(1, node.Broker.ConnectionCounters.Refused.Value);
        inside[0].Dispose();
        WaitUntil(() => node.Broker.ConnectionCounters.Closed.Value == 1);
        using RawConnection next = node.Connect();
        AssertServed(next);
        inside.ForEach(static connection => connection.Dispose());
    }

    [Theory]
    [InlineData("max.connections.per.ip=2", 2)]
    [InlineData("max.connections.per.ip=1\nmax.connections.per.ip.overrides=127.0.0.1:3,10.9.9.9:1", 3)]
    [InlineData("max.connections.per.ip=4\nmax.connections.per.ip.overrides=localhost:2", 2)]
    public void One_address_gets_so_many_connections(string properties, int most)
    {
        using TestNode node = TestNode.Start(properties);
        List<RawConnection> inside = [];
        for (int i = 0; i < most; i++)
        {
            inside.Add(node.Connect());
            AssertServed(inside[i]);
        }

        using RawConnection refused = node.Connect();
        Assert.True(refused.IsClosedByNode());
        inside.ForEach(static connection => connection.Dispose());
    }

    [Fact]
    public void An_idle_connection_is_closed_and_a_busy_one_is_not()
    {
        using TestNode node = TestNode.Start("connections.max.idle.ms=600");
        using RawConnection idle = node.Connect();
        using RawConnection busy = node.Connect();
        using RawConnection stuck = node.Connect();
        AssertServed(idle);
        // A frame that began and does not go on is as idle as no frame.
        stuck.Send([0, 0, 1]);
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(2))
        {
            AssertServed(busy);
            Thread.Sleep(100);
        }

        Assert.True(idle.IsClosedByNode());
        Assert.True(stuck.IsClosedByNode());
        AssertServed(busy);
    }

    [Fact]
    public void A_produce_behind_a_waiting_fetch_is_appended_at_once_and_answered_in_its_turn()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("t");
        node.CreateTopic("other");
        using RawConnection connection = node.Connect();
        // Waits for records that nobody writes.
        connection.Send(Wire.Frame(Wire.Fetch("other", 0, maxWaitMs: 1_500), 11, correlationId: 1));
        connection.Send(Wire.Frame(Wire.Produce("t", TestBatch.Of("a")), 9, correlationId: 2));
        connection.Send(Wire.Frame(new ApiVersionsRequest(), 0, correlationId: 3));

        using RawConnection reader = node.Connect();
        Stopwatch clock = Stopwatch.StartNew();
        FetchResponse seen = reader.Ask<FetchResponse>(Wire.Fetch("t", 0, maxWaitMs: 10_000), 11);
        Assert.NotNull(seen.Responses[0].Partitions[0].Records);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"appended only after {clock.Elapsed}");

        Wire.Decode<FetchResponse>(connection.Receive()!, 11, 1);
        ProduceResponse produced = Wire.Decode<ProduceResponse>(connection.Receive()!, 9, 2);
        Assert.Equal(0, produced.Responses[0].PartitionResponses[0].ErrorCode);
        Wire.Decode<ApiVersionsResponse>(connection.Receive()!, 0, 3);
    }

    [Fact]
    public void M31_ten_thousand_pipelined_requests_are_answered_in_order()
    {
        const int Requests = 10_000;
        using TestNode node = TestNode.Start();
        node.CreateTopic("t");
        using RawConnection connection = node.Connect();
        byte[] batch = TestBatch.Of("value");
        // Everything is sent before anything is read; the node holds what it can and lets the socket hold the rest.
        Thread sender = new(() =>
        {
            using MemoryStream stream = new();
            for (int n = 0; n < Requests; n++)
            {
                stream.Write(Wire.Frame(Wire.Produce("t", batch), 9, n));
            }

            connection.Send(stream.ToArray());
        });
        sender.Start();
        for (int n = 0; n < Requests; n++)
        {
            ProduceResponse response = Wire.Decode<ProduceResponse>(connection.Receive()!, 9, n);
            Assert.Equal(n, response.Responses[0].PartitionResponses[0].BaseOffset);
        }

        sender.Join();
        Assert.Empty(node.Faults);
    }

    [Fact]
    public void M31_who_never_reads_is_not_read_either_and_the_node_holds_little()
    {
        using TestNode node = TestNode.Start();
        using RawConnection greedy = RawConnection.To(node.Port, receiveBufferBytes: 8 * 1024);
        byte[] ask = Wire.Frame(new ApiVersionsRequest(), 0);
        byte[] many = [.. Enumerable.Repeat(ask, 5_000).SelectMany(static frame => frame)];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        greedy.Socket.SendTimeout = 700;
        long sent = 0;
        try
        {
            // 400 MB of replies, if somebody wrote them all.
            for (int i = 0; i < 200; i++)
            {
                sent += greedy.Socket.Send(many);
            }
        }
        catch (SocketException)
        {
            // The socket is full on both sides: nobody reads it any more.
        }

        Assert.True(sent < 200L * many.Length, "The node took everything.");
        long growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(growth < 64 << 20, $"The node holds {growth >> 20} MiB more.");
        using RawConnection other = node.Connect();
        AssertServed(other);
    }

    [Fact]
    public void M31_half_frames_split_at_every_byte_on_one_connection()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("t");
        using RawConnection connection = node.Connect();
        byte[] frame = Wire.Frame(Wire.Produce("t", TestBatch.Of("v")), 9);
        for (int at = 1; at < frame.Length; at++)
        {
            connection.Send(frame.AsSpan(0, at));
            connection.Send(frame.AsSpan(at));
            ProduceResponse response = Wire.Decode<ProduceResponse>(connection.Receive()!, 9);
            Assert.Equal(at - 1, response.Responses[0].PartitionResponses[0].BaseOffset);
        }
    }

    [Fact]
    public void Fetch_answers_within_min_bytes_when_it_may_not_carry_more()
    {
        using TestNode node = TestNode.Start();
        node.CreateTopic("t");
        using RawConnection connection = node.Connect();
        connection.Ask<ProduceResponse>(Wire.Produce("t", TestBatch.Of(new string('x', 5_000))), 9);
        FetchRequest request = Wire.Fetch("t", 0, maxWaitMs: 8_000, minBytes: 1 << 20);
        request.MaxBytes = 1_000;
        Stopwatch clock = Stopwatch.StartNew();
        Assert.NotNull(connection.Ask<FetchResponse>(request, 11).Responses[0].Partitions[0].Records);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4), $"waited {clock.Elapsed} for bytes it may not be given");
    }

    private static void AssertServed(RawConnection connection) =>
        Assert.Equal(0, connection.Ask<ApiVersionsResponse>(new ApiVersionsRequest(), 0).ErrorCode);

    private static void WaitUntil(Func<bool> condition)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "It did not happen in time.");
            Thread.Sleep(10);
        }
    }
}
