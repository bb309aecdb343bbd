using System.Buffers.Binary;
using System.Net;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>A connection over a scripted transport: every way to be slow, to stop and to end.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly TestReactor _reactor = new();
    private readonly ScriptedHandler _handler = new();
    private readonly BufferPool _partials = new(new BufferPoolOptions { TrackLeases = true, LimitBytes = 16 << 20 });
    private readonly ConnectionCounters _counters = new(TimeProvider.System);
    private readonly ReactorWorkspace _workspace;
    private readonly RequestDispatcher _dispatcher = new();
    private ScriptedTransport _transport = null!;
    private Connection _connection = null!;

    public ConnectionTests()
    {
        _workspace = new ReactorWorkspace(_reactor);
        _dispatcher.Add(_handler);
    }

    /// <summary>However a test ends, what the connection borrowed is given back when it closes.</summary>
    public void Dispose()
    {
        _connection.Close();
        _transport.Settle();
        _reactor.Run();
        Assert.Empty(_partials.Outstanding());
        Assert.Equal(_counters.Accepted.Value, _counters.Closed.Value);
        Assert.All(_handler.Parked, static parked => Assert.True(parked.IsCancelled || parked.IsAnswered));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Frames_split_into_pieces_of_any_size_are_the_same_frames(int piece)
    {
        Open();
        byte[] stream = [.. Enumerable.Range(0, 5).SelectMany(static n => ScriptedHandler.Ask($"now:{n * 10}", n))];
        foreach (byte[] bytes in stream.Chunk(piece))
        {
            _transport.Arrive(bytes);
        }

        AssertReplies(0, 1, 2, 3, 4);
    }

    [Fact]
    public void Two_frames_split_at_every_byte()
    {
        byte[] stream = [.. ScriptedHandler.Ask("now:1", 1), .. ScriptedHandler.Ask("now:2", 2)];
        for (int at = 1; at < stream.Length; at++)
        {
            Open();
            _transport.Arrive(stream.AsSpan(0, at));
            _transport.Arrive(stream.AsSpan(at));
            AssertReplies(1, 2);
            _connection.Close();
            _transport.Settle();
        }
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(262_000)]
    [InlineData(300_000)]
    [InlineData(3_000_000)]
    public void Large_frames_between_small_ones(int padding)
    {
        Open();
        byte[] stream =
        [
            .. ScriptedHandler.Ask("now:1", 1), .. ScriptedHandler.Ask("now:1", 2, padding),
            .. ScriptedHandler.Ask("now:1", 3), .. ScriptedHandler.Ask("now:1", 4, padding),
        ];
        foreach (byte[] bytes in stream.Chunk(10_007))
        {
            _transport.Arrive(bytes);
        }

        AssertReplies(1, 2, 3, 4);
    }

    [Fact]
    public void A_frame_that_trickles_in_is_not_copied_for_each_byte()
    {
        Open();
        byte[] frame = ScriptedHandler.Ask("now:1", 1, padding: 100_000);
        foreach (byte[] bytes in frame.AsSpan(0, 20_000).ToArray().Chunk(1))
        {
            _transport.Arrive(bytes);
        }

        // One buffer that doubles: what is held never exceeds twice what came.
        Assert.InRange(_partials.RentedBytes, 20_000, 40_000);
        _transport.Arrive(frame.AsSpan(20_000));
        AssertReplies(1);
    }

    [Fact]
    public void M2_an_announced_length_costs_nothing()
    {
        Open();
        byte[] announced = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(announced, 100 << 20);
        _transport.Arrive(announced);
        Assert.Equal(BufferPool.BufferBytesMin, _partials.RentedBytes);
    }

    [Fact]
    public void Without_memory_for_a_frame_the_connection_ends_and_the_memory_is_free()
    {
        Open();
        byte[] announced = new byte[1 << 20];
        BinaryPrimitives.WriteInt32BigEndian(announced, 100 << 20);
        for (int sent = 0; sent < 40 && !_connection.IsClosed; sent++)
        {
            _transport.Arrive(announced);
            Array.Clear(announced);
        }

        Assert.True(_connection.IsClosed);
        Assert.Equal(1, _counters.OutOfMemory.Value);
        Assert.Equal(0, _partials.RentedBytes);
    }

    [Fact]
    public void Replies_leave_in_the_order_of_the_requests()
    {
        Open();
        _transport.Arrive(ScriptedHandler.Ask("park", 1));
        _transport.Arrive(ScriptedHandler.Ask("now:5", 2));
        _transport.Arrive(ScriptedHandler.Ask("park", 3));
        _transport.Arrive(ScriptedHandler.Ask("now:5", 4));
        Assert.Equal(4, _handler.Handled);
        Assert.Empty(_transport.TakeFrames());

        _handler.Parked[1].Answer(1);
        Assert.Empty(_transport.TakeFrames());
        _handler.Parked[0].Answer(1);
        AssertReplies(1, 2, 3, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Partial_sends_lose_nothing(int most)
    {
        Open();
        _transport.SendMax = most;
        for (int n = 0; n < 5; n++)
        {
            _transport.Arrive(ScriptedHandler.Ask("now:700", n));
        }

        AssertReplies(0, 1, 2, 3, 4);
    }

    [Fact]
    public void What_the_peer_does_not_take_goes_when_it_does()
    {
        Open();
        _transport.Window = 100;
        _transport.Arrive(ScriptedHandler.Ask("now:700", 1));
        _transport.Arrive(ScriptedHandler.Ask("now:10", 2));
        Assert.True(_transport.WantsWritable);
        Assert.Empty(_transport.TakeFrames());
        _transport.Take(650);
        AssertReplies(1);
        Assert.True(_transport.WantsWritable);
        _transport.Take(10_000);
        AssertReplies(2);
        Assert.False(_transport.WantsWritable);
    }

    [Fact]
    public void A_slow_reader_is_not_read_until_it_takes_its_replies()
    {
        Open(new ConnectionLimits { OutboundBytesMax = 10_000 });
        _transport.Window = 0;
        for (int n = 0; n < 50; n++)
        {
            _transport.Arrive(ScriptedHandler.Ask("now:1000", n));
        }

        Assert.InRange(_handler.Handled, 10, 11);
        Assert.False(_transport.WantsReadable);
        _transport.Take(1 << 20);
        AssertReplies([.. Enumerable.Range(0, 50)]);
        Assert.True(_transport.WantsReadable);
    }

    [Fact]
    public void Replies_of_one_receive_are_bounded_too()
    {
        Open(new ConnectionLimits { OutboundBytesMax = 10_000 });
        _transport.Window = 0;
        // All of it lies in the slab at once.
        _transport.Arrive([.. Enumerable.Range(0, 500).SelectMany(static n => ScriptedHandler.Ask("now:1000", n))]);
        Assert.InRange(_handler.Handled, 10, 11);
        _transport.Take(1 << 20);
        AssertReplies([.. Enumerable.Range(0, 500)]);
    }

    [Fact]
    public void Replies_behind_one_that_waits_are_bounded_too()
    {
        Open(new ConnectionLimits { OutboundBytesMax = 10_000 });
        _transport.Arrive(ScriptedHandler.Ask("park", 0));
        for (int n = 1; n < 50; n++)
        {
            _transport.Arrive(ScriptedHandler.Ask("now:1000", n));
        }

        Assert.InRange(_handler.Handled, 11, 12);
        Assert.False(_transport.WantsReadable);
        _handler.Parked[0].Answer(1);
        _transport.Deliver();
        AssertReplies([.. Enumerable.Range(0, 50)]);
        Assert.True(_transport.WantsReadable);
    }

    [Fact]
    public void Requests_without_an_answer_are_bounded_however_small()
    {
        Open(new ConnectionLimits { InFlightBytesMax = 64 * 1024 });
        for (int n = 0; n < 1_000; n++)
        {
            _transport.Arrive(ScriptedHandler.Ask("park", n));
        }

        Assert.InRange(_handler.Handled, 50, 64);
        Assert.False(_transport.WantsReadable);
        for (int n = 0; n < _handler.Parked.Count; n++)
        {
            _handler.Parked[n].Answer(0);
            _transport.Deliver();
        }

        AssertReplies([.. Enumerable.Range(0, 1_000)]);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(400_000)]
    public void Frames_kept_while_reading_stopped_are_handled_when_it_goes_on(int padding)
    {
        Open(new ConnectionLimits { InFlightBytesMax = 2_000 });
        _transport.Arrive(ScriptedHandler.Ask("park", 1));
        _transport.Arrive(ScriptedHandler.Ask("park", 2, 1_000));
        // The limit is reached now; what comes is received once more and then kept.
        foreach (byte[] bytes in ScriptedHandler.Ask("now:1", 3, padding).Chunk(100_000))
        {
            _transport.Arrive(bytes);
        }

        Assert.Equal(2, _handler.Handled);
        _handler.Parked[0].Answer(1);
        _handler.Parked[1].Answer(1);
        // No new byte arrives: the frame is here already.
        _transport.Deliver();
        AssertReplies(1, 2, 3);
    }

    [Fact]
    public void A_body_that_cannot_be_read_ends_the_connection()
    {
        Open();
        _transport.Arrive(
        [
            .. ScriptedHandler.Ask("now:1", 1), .. ScriptedHandler.Ask("bad", 2), .. ScriptedHandler.Ask("now:1", 3),
        ]);
        Assert.True(_transport.IsClosed);
        Assert.Equal(2, _handler.Handled);
        Assert.Equal(1, _counters.BadFrames.Value);
    }

    [Fact]
    public void A_handler_that_throws_ends_its_connection()
    {
        Open();
        Assert.Throws<InvalidOperationException>(() => _transport.Arrive(ScriptedHandler.Ask("throw", 1)));
        Assert.True(_connection.IsClosed);
        Assert.True(_transport.IsClosed);
    }

    [Fact]
    public void A_handler_that_throws_when_reading_goes_on_ends_its_connection()
    {
        Open(new ConnectionLimits { InFlightBytesMax = 1_000 });
        _transport.Arrive([.. ScriptedHandler.Ask("park", 1), .. ScriptedHandler.Ask("throw", 2)]);
        Assert.Equal(1, _handler.Handled);
        Assert.Throws<InvalidOperationException>(() => _handler.Parked[0].Answer(1));
        Assert.True(_connection.IsClosed);
    }

    [Fact]
    public void A_reply_from_elsewhere_that_cannot_be_written_ends_its_connection()
    {
        Open();
        _transport.Arrive(ScriptedHandler.Ask("park", 1));
        // There is no version 4 of this one.
        _handler.Parked[0].Request.ReplyFromAnywhere(new OffsetDeleteResponse());
        Assert.Throws<UnsupportedVersionException>(_reactor.Run);
        Assert.True(_connection.IsClosed);
        Assert.True(_transport.IsClosed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_end_with_requests_parked_and_replies_held_gives_everything_back(bool byPeer)
    {
        Open();
        _transport.Window = 10;
        _transport.Arrive(ScriptedHandler.Ask("now:500", 1));
        _transport.Arrive(ScriptedHandler.Ask("park", 2));
        _transport.Arrive(ScriptedHandler.Ask("now:5", 3));
        _transport.Arrive(ScriptedHandler.Ask("park", 4));
        _transport.Arrive(ScriptedHandler.Ask("now:5", 5).AsSpan(0, 9));
        if (byPeer)
        {
            _transport.EndByPeer();
        }
        else
        {
            _connection.Close();
            _transport.Settle();
        }

        Assert.True(_connection.IsClosed);
        Assert.All(_handler.Parked, static parked => Assert.True(parked.IsCancelled));
        Assert.Empty(_partials.Outstanding());
    }

    [Fact]
    public void An_answer_after_the_end_goes_nowhere()
    {
        Open();
        _transport.Arrive(ScriptedHandler.Ask("park", 1));
        Request request = _handler.Parked[0].Request;
        request.Parked = null;
        _connection.Close();
        _transport.Settle();
        request.ReplyFromAnywhere(new ListGroupsResponse());
        _reactor.Run();
        Assert.Empty(_transport.TakeFrames());
        _handler.Parked.Clear();
    }

    [Fact]
    public void An_idle_connection_ends_and_a_waiting_one_does_not()
    {
        Open(new ConnectionLimits { IdleMax = TimeSpan.FromSeconds(10) });
        _reactor.Advance(TimeSpan.FromSeconds(6));
        _transport.Arrive(ScriptedHandler.Ask("now:1", 1));
        _reactor.Advance(TimeSpan.FromSeconds(6));
        Assert.False(_connection.IsClosed);
        _transport.Arrive(ScriptedHandler.Ask("park", 2));
        _reactor.Advance(TimeSpan.FromMinutes(5));
        Assert.False(_connection.IsClosed);
        _handler.Parked[0].Answer(1);
        _reactor.Advance(TimeSpan.FromSeconds(11));
        _reactor.Advance(TimeSpan.FromSeconds(11));
        Assert.True(_connection.IsClosed);
        Assert.Equal(1, _counters.IdleClosed.Value);
    }

    [Fact]
    public void M2_a_frame_that_never_ends_does_not_keep_a_connection_alive()
    {
        Open(new ConnectionLimits { IdleMax = TimeSpan.FromSeconds(10) });
        byte[] frame = ScriptedHandler.Ask("now:1", 1, padding: 1_000);
        for (int second = 0; second < 25 && !_connection.IsClosed; second++)
        {
            _transport.Arrive(frame.AsSpan(second, 1));
            _reactor.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(_connection.IsClosed);
    }

    private void Open(ConnectionLimits? limits = null)
    {
        _transport = new ScriptedTransport(_reactor);
        ConnectionLimits used = limits ?? new ConnectionLimits();
        ConnectionGate gate = new(
            "PLAINTEXT", used, new ConnectionQuota(used), _dispatcher, _ => _workspace, _partials, _counters);
        _connection = (Connection)gate.Accept(_transport)!;
        _transport.Handler = _connection;
    }

    private void AssertReplies(params int[] correlationIds) => Assert.Equal(
        correlationIds,
        _transport.TakeFrames().Select(static frame => BinaryPrimitives.ReadInt32BigEndian(frame)));
}
