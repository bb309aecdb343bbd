using System.Buffers.Binary;
using System.Net;
using System.Text;

using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// One client connection: takes frames out of the stream, hands each to its handler, and sends the replies in the order
/// of the requests. Belongs to its reactor, which may become another one between two requests.
/// </summary>
/// <remarks>
/// Invariants: requests from <c>_oldest</c> to <c>_newest</c> are unanswered or have an unanswered one before them;
/// <c>_inFlightBytes</c> is the sum of their frames and of what they hold; bytes kept in <c>_partial</c> begin with the
/// start of a frame; a buffer is rented for them only once they have arrived, whatever length the frame announced.
/// </remarks>
internal sealed class Connection : IConnectionHandler
{
    /// <summary>A request has at least its api key, version, correlation id and client id length.</summary>
    private const int FrameBytesMin = 8;

    /// <summary>A large request gives other connections a turn after this many bytes.</summary>
    private const int LargeBytesPerTurn = 4 << 20;

    /// <summary>
    /// What a request without an answer holds beside its frame: itself, and its job or its reply. Charged like bytes of
    /// the frame, so that the smallest requests are bounded too: by the default of 16 MiB, some sixteen thousand.
    /// </summary>
    private const int RequestBytes = 1024;

    private readonly IConnection _transport;
    private readonly ConnectionGate _gate;
    private readonly RequestDispatcher _dispatcher;
    private readonly IdleTimer _idle;

    private ReactorWorkspace _workspace;
    private OutputQueue _output;

    private BufferLease _partial;
    private int _partialLength;
    private bool _trickles;

    private Request? _oldest;
    private Request? _newest;
    private long _inFlightBytes;

    private bool _paused;
    private bool _handling;

    private byte[] _clientIdBytes = [];
    private string? _clientId;

    public Connection(
        IConnection transport,
        ReactorWorkspace workspace,
        ConnectionGate gate,
        RequestDispatcher dispatcher)
    {
        _transport = transport;
        _workspace = workspace;
        _gate = gate;
        _dispatcher = dispatcher;
        _output = new OutputQueue(transport, workspace);
        _idle = new IdleTimer(this);
        ArmIdleTimer(Limits.IdleMax);
    }

    public IReactor Reactor => _transport.Reactor;

    public long Id => _transport.Id;

    public IPEndPoint Remote => _transport.Remote;

    /// <summary>The peer's address as Kafka writes it into group metadata.</summary>
    public string ClientHost => field ??= $"/{_transport.Remote.Address}";

    public string ListenerName => _gate.ListenerName;

    /// <summary>Name and version of the client library, from ApiVersions (KIP-511); null until it said so.</summary>
    public string? ClientSoftware { get; set; }

    public bool IsClosed { get; private set; }

    private ConnectionLimits Limits => _gate.Limits;

    public void OnReadable()
    {
        if (IsClosed || _paused)
        {
            return;
        }

        if (InPlaceBytes() is { } total)
        {
            ReceiveInPlace(total);
            return;
        }

        byte[] slab = _workspace.Slab;
        int have = TakePartial(slab);
        IoResult received = _transport.Receive(slab.AsSpan(have));
        if (received.Status == IoStatus.Closed)
        {
            Close();
            return;
        }

        int gathered = have + received.Count;
        Pump(slab.AsSpan(0, gathered));
        _trickles = have > 0 && _partialLength == gathered;
    }

    public void OnWritable()
    {
        _idle.LastActivity = Reactor.Now;
        Flush();
        ResumeIfPossible();
    }

    public void OnClosed()
    {
        if (!IsClosed)
        {
            Release();
        }
    }

    /// <summary>
    /// Between two requests there is nothing here that belongs to the reactor but the timer: who holds a request, and
    /// what was sent in part, would come back to the wrong one.
    /// </summary>
    public bool TryLeave()
    {
        if (IsClosed || _paused || _oldest is not null || _partialLength > 0 || !_output.IsEmpty)
        {
            return false;
        }

        Reactor.Disarm(_idle);
        return true;
    }

    public void OnMoved()
    {
        _workspace = _gate.WorkspaceOf(Reactor);
        _output = new OutputQueue(_transport, _workspace);
        ArmIdleTimer(Limits.IdleMax - (Reactor.Now - _idle.LastActivity));
    }

    /// <summary>Closes at once; requests without an answer never get one.</summary>
    public void Close()
    {
        if (IsClosed)
        {
            return;
        }

        Release();
        _transport.Close();
    }

    public bool IsOldest(Request request) => ReferenceEquals(_oldest, request);

    /// <summary>The output that the next reply in order goes to.</summary>
    public OutputBuffer Output() => _output.Tail();

    /// <summary>A reply with this many bytes in memory was written, to go out now or when its turn comes.</summary>
    public void OnReplyWritten(int memoryBytes) => _output.Charge(memoryBytes);

    /// <summary>A request was answered: sends what is now due in order.</summary>
    public void OnAnswered(Request request)
    {
        if (IsClosed)
        {
            // The list was given up with the connection; only the holder still knew this request.
            _workspace.Return(request);
            return;
        }

        _gate.Counters.Of(request.Api).OnAnswered(_gate.Counters.Now - request.ReceivedAt);

        while (_oldest is { IsAnswered: true } answered)
        {
            _oldest = answered.NextInOrder;
            if (_oldest is null)
            {
                _newest = null;
            }

            _inFlightBytes -= answered.FrameBytes + RequestBytes;
            if (answered.HeldReply is { } held)
            {
                _output.Append(held);
            }

            _workspace.Return(answered);
        }

        if (!_handling)
        {
            Flush();
            ResumeIfPossible();
        }
    }

    /// <summary>
    /// Handles the whole frames in <paramref name="bytes"/>, sends the replies in one go and keeps what is left: the
    /// start of the next frame, or, when a limit stops the reading, whole frames too.
    /// </summary>
    private void Pump(Span<byte> bytes)
    {
        Invariant.That(!_handling);
        bool stopped;
        do
        {
            int taken = HandleFramesOrClose(bytes, out stopped);
            if (IsClosed)
            {
                return;
            }

            bytes = bytes[taken..];
            Flush();
        }
        while (stopped && !IsClosed && !MustPause());

        if (IsClosed)
        {
            return;
        }

        if (!KeepPartial(bytes))
        {
            Close();
            return;
        }

        if (stopped)
        {
            _paused = true;
            _transport.NotifyWhenReadable(false);
        }
    }

    private int HandleFramesOrClose(Span<byte> bytes, out bool stopped)
    {
        _handling = true;
        try
        {
            return HandleFrames(bytes, out stopped);
        }
        catch
        {
            // The request is lost, and with it the order of the replies. Whose turn this is reports what it was.
            Close();
            throw;
        }
        finally
        {
            _handling = false;
        }
    }

    /// <summary>
    /// Returns the bytes handled; <paramref name="stopped"/> tells that a limit, not a lack of bytes, ended it.
    /// </summary>
    private int HandleFrames(Span<byte> bytes, out bool stopped)
    {
        int at = 0;
        stopped = false;
        while (!IsClosed && bytes.Length - at >= sizeof(int))
        {
            stopped = MustPause();
            if (stopped)
            {
                break;
            }

            int size = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
            if (size < FrameBytesMin || size > Limits.RequestBytesMax)
            {
                _gate.Counters.BadFrames.Increment();
                Close();
                break;
            }

            if (bytes.Length - at - sizeof(int) < size)
            {
                break;
            }

            Handle(bytes.Slice(at + sizeof(int), size));
            at += sizeof(int) + size;
        }

        return at;
    }

    private void ResumeIfPossible()
    {
        if (IsClosed || !_paused || MustPause())
        {
            return;
        }

        _paused = false;
        _transport.NotifyWhenReadable(true);
        if (_partialLength > ReactorWorkspace.SlabBytes)
        {
            PumpPartial(_partialLength);
        }
        else if (_partialLength > 0)
        {
            // Whole frames may have been kept when reading stopped, and the socket will not report those again.
            byte[] slab = _workspace.Slab;
            int have = TakePartial(slab);
            Pump(slab.AsSpan(0, have));
        }
    }

    private void Handle(Span<byte> frame)
    {
        KafkaReader reader = new(frame);
        if (!RequestFrame.TryRead(ref reader, out RequestFrame header)
            || _dispatcher.Find(header.Api.Key, header.Version) is not { } handler)
        {
            // Kafka closes on what it cannot read: there is no error code for "not a request".
            _gate.Counters.BadFrames.Increment();
            Close();
            return;
        }

        _idle.LastActivity = Reactor.Now;
        Request request = _workspace.RentRequest();
        request.Open(this, in header, frame.Length, ClientIdFrom(header), Reactor.Now);
        if (_newest is null)
        {
            _oldest = request;
        }
        else
        {
            _newest.NextInOrder = request;
        }

        _newest = request;
        _inFlightBytes += request.FrameBytes + RequestBytes;
        RequestCounters counters = _gate.Counters.Of(header.Api);
        MonotonicTime began = _gate.Counters.Now;
        counters.OnBegun(header.Version, began - Reactor.Now);
        if (!handler.Handle(request, frame, reader.Position))
        {
            _gate.Counters.BadFrames.Increment();
            Close();
        }

        counters.OnHandled(_gate.Counters.Now - began);
    }

    /// <summary>Most connections send one client id for all their life: its string is made once.</summary>
    private string? ClientIdFrom(scoped in RequestFrame header)
    {
        if (!header.HasClientId)
        {
            return null;
        }

        if (_clientId is null || !header.ClientId.SequenceEqual(_clientIdBytes))
        {
            _clientIdBytes = header.ClientId.ToArray();
            _clientId = Encoding.UTF8.GetString(header.ClientId);
        }

        return _clientId;
    }

    /// <summary>
    /// The whole length of the frame in progress if its bytes are to be gathered where they lie, else null: it is too
    /// long for the slab, or it trickles in, and copying it to and fro for each byte would cost the square of its
    /// length.
    /// </summary>
    private int? InPlaceBytes()
    {
        if (_partialLength < sizeof(int))
        {
            return null;
        }

        int size = BinaryPrimitives.ReadInt32BigEndian(_partial.Span);
        return _trickles || size > ReactorWorkspace.SlabBytes - sizeof(int) ? size + sizeof(int) : null;
    }

    private void ReceiveInPlace(int total)
    {
        int taken = 0;
        while (_partialLength < total && taken < LargeBytesPerTurn)
        {
            if (_partialLength == _partial.Length && !TryGrowPartial(total))
            {
                _gate.Counters.OutOfMemory.Increment();
                Close();
                return;
            }

            int free = Math.Min(_partial.Length, total) - _partialLength;
            IoResult received = _transport.Receive(_partial.Span.Slice(_partialLength, free));
            if (received.Status == IoStatus.Closed)
            {
                Close();
                return;
            }

            if (received.Status == IoStatus.WouldBlock)
            {
                return;
            }

            _partialLength += received.Count;
            taken += received.Count;
        }

        if (_partialLength == total)
        {
            PumpPartial(total);
        }
    }

    private void PumpPartial(int length)
    {
        BufferLease whole = _partial;
        _partial = default;
        _partialLength = 0;
        _trickles = false;
        try
        {
            Pump(whole.Span[..length]);
        }
        finally
        {
            whole.Return();
        }
    }

    private bool TryGrowPartial(int total)
    {
        // Doubling: memory stays below twice what has really arrived.
        if (!_gate.TryRentPartial((int)Math.Min(total, 2L * _partialLength), out BufferLease larger))
        {
            return false;
        }

        _partial.Span[.._partialLength].CopyTo(larger.Span);
        _partial.Return();
        _partial = larger;
        return true;
    }

    private int TakePartial(byte[] slab)
    {
        int length = _partialLength;
        if (length > 0)
        {
            _partial.Span[..length].CopyTo(slab);
            ReturnPartial();
        }

        return length;
    }

    private bool KeepPartial(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            return true;
        }

        if (!_gate.TryRentPartial(rest.Length, out _partial))
        {
            _gate.Counters.OutOfMemory.Increment();
            return false;
        }

        rest.CopyTo(_partial.Span);
        _partialLength = rest.Length;
        return true;
    }

    private void ReturnPartial()
    {
        _trickles = false;
        _partial.Return();
        _partial = default;
        _partialLength = 0;
    }

    private void Flush()
    {
        bool wasBlocked = _output.IsBlocked;
        IoStatus status;
        try
        {
            status = _output.Flush();
        }
        catch (DiskException)
        {
            // In the middle of a reply there is no error code for a disk that fails. Whose turn this is reports it.
            Close();
            throw;
        }

        if (status == IoStatus.Closed)
        {
            Close();
        }
        else if (_output.IsBlocked != wasBlocked)
        {
            _transport.NotifyWhenWritable(_output.IsBlocked);
        }
    }

    private bool MustPause() =>
        _inFlightBytes >= Limits.InFlightBytesMax || _output.MemoryBytes >= Limits.OutboundBytesMax;

    private void Release()
    {
        IsClosed = true;
        Reactor.Disarm(_idle);
        ReturnPartial();
        _output.Clear();
        ReleaseRequests();
        _gate.OnClosed(this);
    }

    private void ReleaseRequests()
    {
        Request? request = _oldest;
        _oldest = null;
        _newest = null;
        while (request is not null)
        {
            Request? next = request.NextInOrder;
            request.NextInOrder = null;
            if (request.IsAnswered)
            {
                if (request.HeldReply is { } held)
                {
                    _workspace.Return(held);
                }

                _workspace.Return(request);
            }
            else
            {
                // Ends through OnAnswered, or later when its holder answers in vain.
                request.Parked?.Cancel();
            }

            request = next;
        }
    }

    private void OnIdleTimer()
    {
        TimeSpan idle = Reactor.Now - _idle.LastActivity;
        if (_oldest is null && idle >= Limits.IdleMax)
        {
            _gate.Counters.IdleClosed.Increment();
            Close();
        }
        else
        {
            TimeSpan rest = Limits.IdleMax - idle;
            ArmIdleTimer(rest > TimeSpan.Zero ? rest : Limits.IdleMax);
        }
    }

    private void ArmIdleTimer(TimeSpan rest)
    {
        if (Limits.IdleMax > TimeSpan.Zero)
        {
            Reactor.Arm(_idle, rest);
        }
    }

    /// <summary>
    /// Re-armed only when it fires: activity just leaves a time stamp, so a busy connection never touches the wheel.
    /// </summary>
    private sealed class IdleTimer(Connection connection) : TimerItem
    {
        public MonotonicTime LastActivity { get; set; } = connection.Reactor.Now;

        public override void Fire() => connection.OnIdleTimer();
    }
}
