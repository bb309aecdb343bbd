using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>When a connection lets go of its reactor, and what it takes along.</summary>
public sealed class MovedConnectionTests : IDisposable
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(10);

    private readonly TestReactor _old = new();
    private readonly TestReactor _new = new() { IsCurrent = false };
    private readonly ScriptedHandler _handler = new();
    private readonly ConnectionCounters _counters = new(TimeProvider.System);
    private readonly ScriptedTransport _transport;
    private readonly ConnectionGate _gate;
    private readonly Connection _connection;

    public MovedConnectionTests()
    {
        RequestDispatcher dispatcher = new();
        dispatcher.Add(_handler);
        Dictionary<IReactor, ReactorWorkspace> workspaces = new()
        {
            [_old] = new ReactorWorkspace(_old),
            [_new] = new ReactorWorkspace(_new),
        };
        ConnectionLimits limits = new() { IdleMax = IdleMax };
        _gate = new ConnectionGate(
            "PLAINTEXT",
            limits,
            new ConnectionQuota(limits),
            dispatcher,
            reactor => workspaces[reactor],
            new BufferPool(),
            _counters);
        _transport = new ScriptedTransport(_old);
        _connection = (Connection)_gate.Accept(_transport)!;
        _transport.Handler = _connection;
    }

    public void Dispose()
    {
        _connection.Close();
        _transport.Settle();
        Assert.Equal(1, _counters.Closed.Value);
    }

    [Fact]
    public void Between_two_requests_it_goes_and_is_served_there()
    {
        Ask("now:10", 1);
        Move();
        Ask("now:10", 2);
        Ask("park", 3);
        Assert.Same(_new, _handler.Parked[0].Request.Workspace.Reactor);
        _handler.Parked[0].Answer(10);
        AssertReplies(1, 2, 3);
    }

    [Fact]
    public void It_stays_while_a_request_waits_or_has_come_in_part()
    {
        Ask("park", 1);
        Assert.False(_connection.TryLeave());
        _handler.Parked[0].Answer(10);
        byte[] frame = ScriptedHandler.Ask("now:10", 2);
        _transport.Arrive(frame.AsSpan(0, frame.Length / 2));
        Assert.False(_connection.TryLeave());
        _transport.Arrive(frame.AsSpan(frame.Length / 2));
        AssertReplies(1, 2);
        Assert.True(_connection.TryLeave());
    }

    [Fact]
    public void It_stays_while_its_peer_has_not_taken_the_answer()
    {
        _transport.Window = 20;
        Ask("now:1000", 1);
        Assert.False(_connection.TryLeave());
        _transport.Take(10_000);
        AssertReplies(1);
        Assert.True(_connection.TryLeave());
    }

    [Fact]
    public void A_closed_connection_does_not_go()
    {
        _connection.Close();
        Assert.False(_connection.TryLeave());
    }

    [Fact]
    public void It_idles_from_its_last_request_on_wherever_that_was()
    {
        _new.Advance(TimeSpan.FromSeconds(4));
        _old.Advance(TimeSpan.FromSeconds(4));
        Ask("now:10", 1);
        _new.Advance(TimeSpan.FromSeconds(3));
        Move();
        _old.Advance(TimeSpan.FromHours(1));
        _new.Advance(TimeSpan.FromSeconds(6));
        Assert.False(_connection.IsClosed);
        _new.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_connection.IsClosed);
        Assert.Equal(1, _counters.IdleClosed.Value);
    }

    [Fact]
    public void Closing_all_follows_one_that_has_just_gone()
    {
        _gate.CloseAll();
        Move();
        _new.IsCurrent = false;
        _old.Run();
        Assert.False(_connection.IsClosed);
        _new.IsCurrent = true;
        _new.Run();
        Assert.True(_connection.IsClosed);
    }

    private void Move()
    {
        Assert.True(_connection.TryLeave());
        (_old.IsCurrent, _new.IsCurrent) = (false, true);
        _transport.Reactor = _new;
        _connection.OnMoved();
    }

    private void Ask(string what, int correlationId) => _transport.Arrive(ScriptedHandler.Ask(what, correlationId));

    private void AssertReplies(params int[] correlationIds) => Assert.Equal(
        correlationIds,
        _transport.TakeFrames().Select(static frame => BinaryPrimitives.ReadInt32BigEndian(frame)));
}
