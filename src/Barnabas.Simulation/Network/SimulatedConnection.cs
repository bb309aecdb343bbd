using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// One end of a simulated connection. States: connecting, open, closed; an open end may be broken, which its owner
/// notices at the next call. <see cref="IConnectionHandler.OnClosed"/> comes once, when the closing turn ends.
/// </summary>
internal sealed class SimulatedConnection : IConnection
{
    private readonly SimulatedReactor _reactor;
    private SimulatedConnection _peer;
    private SimulatedStream _incoming;
    private SimulatedStream _outgoing;
    private IConnectionHandler? _handler;
    private bool _wantsReadable = true;
    private bool _wantsWritable;
    private bool _readablePlanned;
    private bool _writablePlanned;
    private bool _deliveryPlanned;
    private bool _broken;
    private bool _closed;
    private bool _gone;
    private bool _goneSilently;
    private long _stalledSince = -1;

    public SimulatedConnection(SimulatedReactor reactor, long id, IPEndPoint local, IPEndPoint remote)
    {
        _reactor = reactor;
        Id = id;
        Local = local;
        Remote = remote;
        _peer = this;
        _incoming = _outgoing = new SimulatedStream(0);
    }

    public IReactor Reactor => _reactor;

    public long Id { get; }

    public IPEndPoint Local { get; }

    public IPEndPoint Remote { get; }

    private SimulatedWorld World => _reactor.World;

    private SimulatedNode Node => _reactor.Owner.Node;

    private bool IsReadable => _broken || _incoming.Arrived > 0 || (_incoming.Ended && _incoming.InFlight == 0);

    public static void Join(SimulatedConnection one, SimulatedConnection other)
    {
        SimulatedNetworkOptions options = one.World.Options.Network;
        SimulatedRandom random = one.World.Random;
        one._outgoing = new SimulatedStream((int)random.Between(options.WindowBytesMin, options.WindowBytesMax));
        one._incoming = new SimulatedStream((int)random.Between(options.WindowBytesMin, options.WindowBytesMax));
        (other._outgoing, other._incoming) = (one._incoming, one._outgoing);
        (one._peer, other._peer) = (other, one);
        one.Node.Adopt(one);
        other.Node.Adopt(other);
    }

    /// <summary>Asks the acceptor for a handler. A turn of the reactor.</summary>
    public void Begin(IConnectionAcceptor acceptor)
    {
        World.Trace.Record(SimulatedTraceKind.Accept, Node.Index, Id);
        if (_gone)
        {
            return;
        }

        _handler = acceptor.Accept(this);
        if (_handler is null)
        {
            Close();
        }
        else
        {
            PlanReadable();
        }
    }

    public IoResult Receive(Span<byte> destination)
    {
        CheckTurn();
        if (_closed)
        {
            return IoResult.Closed;
        }

        if (!_broken && _incoming.Arrived > 0)
        {
            int count = _incoming.Take(destination);
            World.Trace.Record(SimulatedTraceKind.Receive, Id, count);
            _peer.PlanWritable();
            return IoResult.Done(count);
        }

        if (IsReadable)
        {
            Close();
            return IoResult.Closed;
        }

        return IoResult.WouldBlock;
    }

    public IoResult Send(ReadOnlySpan<byte> source, bool more = false)
    {
        CheckTurn();
        if (_broken)
        {
            Close();
        }

        if (_closed)
        {
            return IoResult.Closed;
        }

        int count = Math.Min(source.Length, _outgoing.Free);
        if (count == 0)
        {
            return source.IsEmpty ? IoResult.Done(0) : IoResult.WouldBlock;
        }

        if (World.Random.OneIn(4))
        {
            count = 1 + World.Random.Next(count);
        }

        _outgoing.Append(source[..count]);
        World.Trace.Record(SimulatedTraceKind.Send, Id, source[..count]);
        PlanDelivery();
        return IoResult.Done(count);
    }

    public IoResult SendFile(IDiskFile file, long position, int count)
    {
        CheckTurn();
        if (!_closed && !_broken && _outgoing.Free == 0)
        {
            return IoResult.WouldBlock;
        }

        byte[] piece = new byte[Math.Clamp(count, 0, Math.Max(1, _outgoing.Free))];
        int read = file.Read(piece, position);
        return read == 0 && !_broken && !_closed ? IoResult.Done(0) : Send(piece.AsSpan(0, read));
    }

    public void NotifyWhenWritable(bool on)
    {
        CheckTurn();
        _wantsWritable = on;
        PlanWritable();
    }

    public void NotifyWhenReadable(bool on)
    {
        CheckTurn();
        _wantsReadable = on;
        PlanReadable();
    }

    public void Close()
    {
        CheckTurn();
        if (_closed)
        {
            return;
        }

        _closed = true;
        World.Trace.Record(SimulatedTraceKind.Close, Id);
        if (_incoming.Arrived > 0 && !_broken)
        {
            // Unread bytes are thrown away, and TCP tells the peer so with a reset that may overtake our own last
            // bytes.
            _outgoing.End();
            World.Plan(World.Links.DrawDelay(), null, _peer.Break);
        }
        else
        {
            _outgoing.End();
            PlanDelivery();
        }

        _reactor.NoteClosed(this);
    }

    /// <summary>The last call of the handler, when the turn in which the connection was closed ends.</summary>
    public void FinishClose()
    {
        if (!_gone)
        {
            _gone = true;
            Node.Forget(this);
            _handler?.OnClosed();
        }
    }

    /// <summary>The process of this end has died.</summary>
    public void Vanish(bool silently)
    {
        _gone = true;
        _closed = true;
        _goneSilently = silently;
        if (!silently)
        {
            World.Plan(World.Links.DrawDelay(), null, _peer.Break);
        }
    }

    public void BreakBoth()
    {
        Break();
        World.Plan(World.Links.DrawDelay(), null, _peer.Break);
    }

    private void Break()
    {
        if (_gone || _broken)
        {
            return;
        }

        World.Trace.Record(SimulatedTraceKind.Reset, Id);
        _broken = true;
        _incoming.LoseInFlight();
        // The system reports a broken connection even to a handler that wants to hear nothing.
        World.Plan(TimeSpan.Zero, _reactor.Owner, () => _reactor.Serve(TellBroken));
    }

    private void TellBroken()
    {
        if (_closed || _handler is null)
        {
            return;
        }

        if (_wantsReadable)
        {
            _handler.OnReadable();
        }
        else
        {
            Close();
        }
    }

    private void PlanReadable()
    {
        if (_readablePlanned || _closed || !_wantsReadable || _handler is null || !IsReadable)
        {
            return;
        }

        _readablePlanned = true;
        World.Plan(World.DrawPostDelay(), _reactor.Owner, () => _reactor.Serve(TellReadable));
    }

    private void TellReadable()
    {
        _readablePlanned = false;
        if (!_closed && _wantsReadable && IsReadable)
        {
            _handler!.OnReadable();
            PlanReadable();
        }
    }

    private void PlanWritable()
    {
        if (_writablePlanned || _closed || !_wantsWritable || (_outgoing.Free == 0 && !_broken))
        {
            return;
        }

        _writablePlanned = true;
        World.Plan(World.DrawPostDelay(), _reactor.Owner, () => _reactor.Serve(TellWritable));
    }

    private void TellWritable()
    {
        _writablePlanned = false;
        if (!_closed && _wantsWritable && (_outgoing.Free > 0 || _broken))
        {
            _handler?.OnWritable();
            PlanWritable();
        }
    }

    private void PlanDelivery()
    {
        if (!_deliveryPlanned)
        {
            _deliveryPlanned = true;
            World.Plan(World.Links.DrawDelay(), null, Deliver);
        }
    }

    // The network's part: it goes on after the sender has closed or died.
    private void Deliver()
    {
        _deliveryPlanned = false;
        if (_peer._gone && !_peer._goneSilently)
        {
            _outgoing.LoseInFlight();
            Break();
            return;
        }

        if (_goneSilently)
        {
            return;
        }

        if (_peer._goneSilently || World.Links.IsCut(Node, _peer.Node))
        {
            Stall();
            return;
        }

        _stalledSince = -1;
        if (World.Random.OneIn(World.Options.Network.ResetOneIn))
        {
            _outgoing.Arrive(World.Random.Next(_outgoing.InFlight + 1));
            _peer.Break();
            Break();
            return;
        }

        int inFlight = _outgoing.InFlight;
        _outgoing.Arrive(inFlight > 1 && World.Random.OneIn(2) ? 1 + World.Random.Next(inFlight) : inFlight);
        _peer.PlanReadable();
        if (_outgoing.InFlight > 0)
        {
            PlanDelivery();
        }
    }

    private void Stall()
    {
        if (_peer._goneSilently && _peer.Node.IsRunning && !World.Links.IsCut(_peer.Node, Node))
        {
            // The machine is back and knows nothing of this connection.
            Break();
            return;
        }

        if (_stalledSince < 0)
        {
            _stalledSince = World.Now.Ticks;
        }

        if (World.Now.Ticks - _stalledSince >= World.Options.Network.GiveUpAfter.Ticks)
        {
            Break();
            return;
        }

        _deliveryPlanned = true;
        World.Plan(TimeSpan.FromMilliseconds(200), null, Deliver);
    }

    private void CheckTurn() => Invariant.That(_reactor.IsCurrent, "a connection is touched only from its reactor");
}
