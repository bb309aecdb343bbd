using System.Net;
using System.Net.Sockets;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>An attempt to connect. It is posted twice: to begin on its reactor, and with its result.</summary>
internal sealed class SocketConnecting(
    SocketReactor reactor, IPEndPoint remote, IConnectionAcceptor acceptor, TransportOptions options)
    : WorkItem, IDisposable
{
    private Socket? _socket;
    private SocketAsyncEventArgs? _connect;
    private LimitTimer? _limit;

    public override void Run()
    {
        if (_socket is null)
        {
            Begin();
        }
        else
        {
            End();
        }
    }

    /// <summary>Gives up the attempt.</summary>
    public void Dispose()
    {
        _socket?.Dispose();
        _connect?.Dispose();
    }

    private void Begin()
    {
        _socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _connect = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        _connect.Completed += (_, _) => reactor.Post(this);
        _limit = new LimitTimer(_socket);
        reactor.Arm(_limit, options.ConnectTimeout);
        if (!_socket.ConnectAsync(_connect))
        {
            reactor.Post(this);
        }
    }

    private void End()
    {
        SocketError error = _connect!.SocketError;
        bool timedOut = !_limit!.IsArmed;
        reactor.Disarm(_limit);
        if (error == SocketError.Success && !timedOut)
        {
            _connect.Dispose();
            reactor.Adopt(_socket!, acceptor);
            return;
        }

        Dispose();
        acceptor.ConnectFailed(timedOut ? "connection timed out" : new SocketException((int)error).Message);
    }

    // Disposing the socket completes the attempt.
    private sealed class LimitTimer(Socket socket) : TimerItem
    {
        public override void Fire() => socket.Dispose();
    }
}
