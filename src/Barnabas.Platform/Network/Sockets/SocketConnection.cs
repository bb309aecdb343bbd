using System.Net;
using System.Net.Sockets;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// A connected <see cref="Socket"/> of a reactor. Readiness is learnt from a receive of no bytes. There is no such
/// thing for sending, so the bytes that the kernel refuses are copied and sent asynchronously; until that has ended,
/// further sends would block.
/// </summary>
internal sealed class SocketConnection : IConnection, IDisposable
{
    private const int RefusedBytesMax = 64 * 1024;

    private readonly SocketReactor _reactor;
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _readable = new();
    private readonly SocketAsyncEventArgs _writable = new();
    private readonly ReadableItem _readableItem;
    private readonly WritableItem _writableItem;
    private IConnectionHandler? _handler;
    private byte[]? _refused;
    private bool _wantsReadable = true;
    private bool _wantsWritable;
    private bool _awaitingReadable;
    private bool _sending;
    private bool _sent;
    private bool _needsAttention;
    private bool _closed;
    private bool _settled;

    public SocketConnection(SocketReactor reactor, Socket socket, long id, TransportOptions options)
    {
        _reactor = reactor;
        _socket = socket;
        Id = id;
        Local = Plain((IPEndPoint)socket.LocalEndPoint!);
        Remote = Plain((IPEndPoint)socket.RemoteEndPoint!);
        socket.Blocking = false;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        if (options.SendBufferBytes is { } send)
        {
            socket.SendBufferSize = send;
        }

        if (options.ReceiveBufferBytes is { } receive)
        {
            socket.ReceiveBufferSize = receive;
        }

        _readableItem = new ReadableItem(this);
        _writableItem = new WritableItem(this);
        _readable.SetBuffer([], 0, 0);
        _readable.Completed += (_, _) => _reactor.PostFromCompletion(_readableItem);
        _writable.Completed += (_, _) =>
        {
            Volatile.Write(ref _sent, true);
            _reactor.PostFromCompletion(_writableItem);
        };
    }

    public IReactor Reactor => _reactor;

    public long Id { get; }

    public IPEndPoint Local { get; }

    public IPEndPoint Remote { get; }

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
        else
        {
            AwaitReadable();
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

        int count = _socket.Receive(destination, SocketFlags.None, out SocketError error);
        return error == SocketError.Success && count == 0 ? Ended() : Result(count, error);
    }

    public IoResult Send(ReadOnlySpan<byte> source, bool more = false)
    {
        if (_closed)
        {
            return IoResult.Closed;
        }

        if (_sending)
        {
            return IoResult.WouldBlock;
        }

        int count = _socket.Send(source, SocketFlags.None, out SocketError error);
        return error == SocketError.WouldBlock ? SendLater(source) : Result(count, error);
    }

    public IoResult SendFile(IDiskFile file, long position, int count)
    {
        if (_closed)
        {
            return IoResult.Closed;
        }

        if (_sending)
        {
            return IoResult.WouldBlock;
        }

        Span<byte> piece = _reactor.Scratch.AsSpan(0, Math.Min(count, _reactor.Scratch.Length));
        int read = file.Read(piece, position);
        return read == 0 ? IoResult.Done(0) : Send(piece[..read]);
    }

    public void NotifyWhenWritable(bool on)
    {
        _wantsWritable = on;
        if (on && !_sending && !_closed)
        {
            _reactor.Post(_writableItem);
        }
    }

    public void NotifyWhenReadable(bool on)
    {
        _wantsReadable = on;
        AwaitReadable();
    }

    public void Close()
    {
        if (_closed)
        {
            return;
        }

        Invariant.That(_reactor.IsCurrent, "a connection is touched only from its reactor");
        _closed = true;
        NoteAttention();
    }

    /// <summary>Tells the handler of the end.</summary>
    public void Settle()
    {
        _needsAttention = false;
        if (_closed && !_settled)
        {
            _settled = true;
            EndIfQuiet();
            _handler?.OnClosed();
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _readable.Dispose();
        _writable.Dispose();
    }

    // The socket outlives the connection by what it has taken and not sent yet, as a closed descriptor does. It is shut
    // down first and disposed when no call is under way: disposing it earlier makes the class library reset the
    // connection, and the peer would lose bytes that were sent.
    private void EndIfQuiet()
    {
        if (_sending)
        {
            return;
        }

        if (_awaitingReadable && TryShutDown())
        {
            return;
        }

        _reactor.Forget(this);
        Dispose();
    }

    private bool TryShutDown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static IPEndPoint Plain(IPEndPoint point) =>
        point.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(point.Address.MapToIPv4(), point.Port) : point;

    private void AwaitReadable()
    {
        if (_awaitingReadable || _closed || !_wantsReadable)
        {
            return;
        }

        _awaitingReadable = true;
        if (!_socket.ReceiveAsync(_readable))
        {
            _reactor.Post(_readableItem);
        }
    }

    private void OnReadable()
    {
        _awaitingReadable = false;
        if (_settled)
        {
            EndIfQuiet();
            return;
        }

        Call(static connection =>
        {
            if (connection._wantsReadable)
            {
                connection._handler!.OnReadable();
            }
        });
        AwaitReadable();
    }

    private void OnWritable()
    {
        if (_sending)
        {
            if (!Volatile.Read(ref _sent))
            {
                // Asked for before these bytes were refused; their own end will come.
                return;
            }

            _sending = false;
            if (_settled)
            {
                EndIfQuiet();
                return;
            }

            if (_writable.SocketError != SocketError.Success || _writable.BytesTransferred < _writable.Count)
            {
                Close();
                return;
            }
        }

        Call(static connection =>
        {
            if (connection._wantsWritable)
            {
                connection._handler!.OnWritable();
            }
        });
        if (_wantsWritable && !_sending && !_closed)
        {
            _reactor.Post(_writableItem);
        }
    }

    private void Call(Action<SocketConnection> call)
    {
        if (_closed)
        {
            return;
        }

        try
        {
            call(this);
        }
        catch (Exception fault)
        {
            _reactor.Report(fault);
            Close();
        }
    }

    private IoResult SendLater(ReadOnlySpan<byte> source)
    {
        int count = Math.Min(source.Length, RefusedBytesMax);
        if (_refused is null || _refused.Length < count)
        {
            _refused = new byte[Math.Max(count, 4096)];
        }

        source[..count].CopyTo(_refused);
        _writable.SetBuffer(_refused, 0, count);
        _sending = true;
        _sent = false;
        if (!_socket.SendAsync(_writable))
        {
            _sent = true;
            _reactor.Post(_writableItem);
        }

        return IoResult.Done(count);
    }

    private IoResult Result(int count, SocketError error) => error switch
    {
        SocketError.Success => IoResult.Done(count),
        SocketError.WouldBlock => IoResult.WouldBlock,
        _ => Ended(),
    };

    private IoResult Ended()
    {
        Close();
        return IoResult.Closed;
    }

    private void NoteAttention()
    {
        if (!_needsAttention)
        {
            _needsAttention = true;
            _reactor.NoteAttention(this);
        }
    }

    private sealed class ReadableItem(SocketConnection connection) : WorkItem
    {
        public override void Run() => connection.OnReadable();
    }

    private sealed class WritableItem(SocketConnection connection) : WorkItem
    {
        public override void Run() => connection.OnWritable();
    }
}
