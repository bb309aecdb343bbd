using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// A connected socket of a reactor. It is open until <see cref="Close"/>, which the reactor's thread calls exactly once
/// in effect: by the handler, by a call that met the end of the stream, or by the reactor. The descriptor is closed
/// there and then; <see cref="IConnectionHandler.OnClosed"/> follows when the events of the turn are done.
/// </summary>
internal sealed unsafe class EpollConnection : EpollTarget, IConnection
{
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int More = 0x8000;
    private const int InputOutputError = 5;

    // Read by any thread; what it says there may be a moment old.
    private volatile EpollReactor _reactor;
    private IConnectionHandler? _handler;
    private bool _wantsReadable = true;
    private bool _wantsWritable;
    private uint _watched;
    private bool _needsAttention;
    private bool _closed;
    private int _interval;
    private long _work;

    public EpollConnection(EpollReactor reactor, int socket, IPEndPoint local, IPEndPoint remote)
        : base(socket)
    {
        _reactor = reactor;
        Local = local;
        Remote = remote;
        Id = reactor.Network.NextConnectionId();
    }

    public IReactor Reactor => _reactor;

    public long Id { get; }

    public IPEndPoint Local { get; }

    public IPEndPoint Remote { get; }

    /// <summary>It came by a listener, and counts for whom the next one is dealt to.</summary>
    public bool IsAccepted { get; init; }

    /// <summary>It is not asked to leave before the reactor's interval of this number.</summary>
    public int StaysUntil { get; set; }

    private uint Wanted => (_wantsReadable ? EpollSet.Readable : 0) | (_wantsWritable ? EpollSet.Writable : 0);

    /// <summary>Asks the acceptor for a handler and goes on with it, or ends.</summary>
    public void Begin(IConnectionAcceptor acceptor)
    {
        try
        {
            _handler = acceptor.Accept(this);
        }
        catch (Exception fault)
        {
            _reactor.Report(fault);
        }

        if (_handler is null)
        {
            Close();
        }
        else if (!_closed)
        {
            _watched = Wanted;
            _reactor.Watch(this, _watched);
        }
    }

    public IoResult Receive(Span<byte> destination)
    {
        if (_closed)
        {
            return IoResult.Closed;
        }

        if (destination.IsEmpty)
        {
            return IoResult.Done(0);
        }

        fixed (byte* start = destination)
        {
            nint count;
            do
            {
                count = Libc.Receive(Descriptor, start, (nuint)destination.Length, DontWait);
            }
            while (count < 0 && Errno.Last == Errno.Interrupted);

            return count == 0 ? Ended() : Result(count);
        }
    }

    public IoResult Send(ReadOnlySpan<byte> source, bool more = false)
    {
        if (_closed)
        {
            return IoResult.Closed;
        }

        int flags = DontWait | NoSignal | (more ? More : 0);
        fixed (byte* start = source)
        {
            nint count;
            do
            {
                count = Libc.Send(Descriptor, start, (nuint)source.Length, flags);
            }
            while (count < 0 && Errno.Last == Errno.Interrupted);

            return Result(count);
        }
    }

    public IoResult SendFile(IDiskFile file, long position, int count)
    {
        if (_closed)
        {
            return IoResult.Closed;
        }

        if (file is not LinuxFile linux)
        {
            return SendCopy(file, position, count);
        }

        nint sent;
        do
        {
            long at = position;
            sent = Libc.SendFile(Descriptor, linux.Handle, &at, (nuint)count);
        }
        while (sent < 0 && Errno.Last == Errno.Interrupted);

        if (sent < 0 && Errno.Last == InputOutputError)
        {
            // The only error here that is the disk's: who answers for the file must hear it.
            throw DiskFailure.FromErrno(InputOutputError, "sendfile", file.Path);
        }

        return Result(sent);
    }

    public void NotifyWhenWritable(bool on)
    {
        _wantsWritable = on;
        NoteAttention();
    }

    public void NotifyWhenReadable(bool on)
    {
        _wantsReadable = on;
        NoteAttention();
    }

    public override void Close()
    {
        if (_closed)
        {
            return;
        }

        Invariant.That(_reactor.IsCurrent, "a connection is touched only from its reactor");
        _closed = true;
        CountHere(-1);
        _reactor.Forget(this);
        Libc.Close(Descriptor);
        NoteAttention();
    }

    /// <summary>
    /// Tells the handler of the end, or the kernel of a changed interest: once per turn, so that an interest that was
    /// changed and changed back costs no call.
    /// </summary>
    public void Settle()
    {
        _needsAttention = false;
        if (_closed)
        {
            IConnectionHandler? handler = _handler;
            _handler = null;
            handler?.OnClosed();
        }
        else if (Slot >= 0 && Wanted != _watched)
        {
            _watched = Wanted;
            _reactor.ChangeWatch(this, _watched);
        }
    }

    public override void OnEvents(uint events)
    {
        bool broken = (events & (EpollSet.Error | EpollSet.HangUp)) != 0;
        if (broken && !_wantsReadable)
        {
            // The kernel reports it again and again, and a handler that does not read would never learn of it.
            Close();
            return;
        }

        if (_wantsReadable && (broken || (events & EpollSet.Readable) != 0))
        {
            _handler!.OnReadable();
        }

        if (!_closed && _wantsWritable && (broken || (events & EpollSet.Writable) != 0))
        {
            _handler!.OnWritable();
        }
    }

    /// <summary>What it cost its reactor in this interval, in bytes and in calls that cost as much.</summary>
    public long WorkIn(int interval) => _interval == interval ? _work : 0;

    /// <summary>
    /// Goes to another reactor if nothing of it is under way here. Only when the events of the turn are done: none of
    /// them can then reach it here any more, and what has arrived is reported anew there.
    /// </summary>
    public bool TryMoveTo(EpollReactor target)
    {
        if (_closed || _needsAttention || _wantsWritable || !_wantsReadable || !_handler!.TryLeave())
        {
            return false;
        }

        _reactor.Unwatch(this);
        if (target.TryTake(this))
        {
            return true;
        }

        // The network ends, and with it this reactor.
        Close();
        return false;
    }

    /// <summary>The last that the old reactor does with it.</summary>
    public void HandOverTo(EpollReactor target)
    {
        CountHere(-1);
        ArriveItem arrival = new(this);
        _reactor = target;
        CountHere(1);
        target.Post(arrival);
    }

    private void Arrive()
    {
        if (_closed)
        {
            return;
        }

        StaysUntil = 0;
        _interval = 0;
        _reactor.Moves.OnArrived();
        try
        {
            _handler!.OnMoved();
        }
        catch (Exception fault)
        {
            _reactor.Report(fault);
            Close();
        }

        if (!_closed)
        {
            _watched = Wanted;
            _reactor.Watch(this, _watched);
        }
    }

    private void CountHere(int more)
    {
        if (IsAccepted)
        {
            _reactor.CountAccepted(more);
        }
    }

    private IoResult SendCopy(IDiskFile file, long position, int count)
    {
        Span<byte> piece = _reactor.Scratch.AsSpan(0, Math.Min(count, _reactor.Scratch.Length));
        int read = file.Read(piece, position);
        return read == 0 ? IoResult.Done(0) : Send(piece[..read]);
    }

    private IoResult Result(nint count)
    {
        Charge(Math.Max(count, 0));
        if (count >= 0)
        {
            return IoResult.Done((int)count);
        }

        return Errno.Last == Errno.TryAgain ? IoResult.WouldBlock : Ended();
    }

    private IoResult Ended()
    {
        Close();
        return IoResult.Closed;
    }

    private void Charge(long bytes)
    {
        ConnectionMoves moves = _reactor.Moves;
        if (_interval != moves.Interval)
        {
            _interval = moves.Interval;
            _work = 0;
        }

        long work = ConnectionMoves.CallWork + bytes;
        _work += work;
        moves.Charge(work);
    }

    private void NoteAttention()
    {
        if (!_needsAttention)
        {
            _needsAttention = true;
            _reactor.NoteAttention(this);
        }
    }

    private sealed class ArriveItem(EpollConnection connection) : WorkItem
    {
        public override void Run() => connection.Arrive();
    }
}
