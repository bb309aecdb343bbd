using System.Net;
using System.Net.Sockets;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>A listening <see cref="Socket"/> that accepts one connection after the other.</summary>
internal sealed class SocketListener : IListener
{
    private readonly SocketNetwork _network;
    private readonly Socket _socket;
    private readonly IConnectionAcceptor _acceptor;
    private readonly TransportOptions _options;
    private readonly SocketAsyncEventArgs _accept = new();
    private readonly Timer _pause;
    private bool _disposed;

    public SocketListener(
        SocketNetwork network, Socket socket, IConnectionAcceptor acceptor, TransportOptions options)
    {
        _network = network;
        _socket = socket;
        _acceptor = acceptor;
        _options = options;
        Local = (IPEndPoint)socket.LocalEndPoint!;
        _pause = new Timer(_ => Begin());
        _accept.Completed += (_, _) =>
        {
            if (TakeAccepted())
            {
                Begin();
            }
        };
    }

    public IPEndPoint Local { get; }

    public void Begin()
    {
        try
        {
            while (!Volatile.Read(ref _disposed))
            {
                _accept.AcceptSocket = null;
                if (_socket.AcceptAsync(_accept) || !TakeAccepted())
                {
                    return;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed between the question and the call: that is the end it asked for.
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        _socket.Dispose();
        _pause.Dispose();
    }

    // False if accepting has to rest, or ends.
    private bool TakeAccepted()
    {
        switch (_accept.SocketError)
        {
            case SocketError.Success:
                SocketReactor reactor = _network.NextReactor();
                reactor.Post(new AdoptItem(reactor, _accept.AcceptSocket!, _acceptor));
                return true;
            case SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable:
                _options.OnFault("listener", new NetworkException($"accepting on {Local} pauses"));
                _pause.Change(_options.AcceptPause, Timeout.InfiniteTimeSpan);
                return false;
            case SocketError.OperationAborted:
                return false;
            default:
                return !Volatile.Read(ref _disposed);
        }
    }

    private sealed class AdoptItem(SocketReactor reactor, Socket socket, IConnectionAcceptor acceptor) : WorkItem
    {
        public override void Run() => reactor.Adopt(socket, acceptor);
    }
}
