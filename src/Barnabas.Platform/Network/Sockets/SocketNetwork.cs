using System.Net;
using System.Net.Sockets;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// The real network through <see cref="Socket"/>, for systems other than Linux and as the other candidate of the
/// transport decision. Its reactors have no threads: a turn runs on whichever thread pool thread brings work.
/// </summary>
public sealed class SocketNetwork : INetwork, IDisposable
{
    private readonly SocketReactor[] _reactors;
    private readonly TransportOptions _options;
    private readonly Lock _gate = new();
    private readonly List<SocketListener> _listeners = [];
    private long _connections;
    private uint _turn;

    public SocketNetwork(TransportOptions options)
    {
        _options = options;
        _reactors = new SocketReactor[options.Reactors];
        for (int i = 0; i < _reactors.Length; i++)
        {
            _reactors[i] = new SocketReactor(this, $"reactor-{i}", options);
        }
    }

    public IReadOnlyList<IReactor> Reactors => _reactors;

    public IListener Listen(IPEndPoint local, IConnectionAcceptor acceptor)
    {
        local = ListenAddress.On(local, Socket.OSSupportsIPv6);
        Socket socket = new(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (local.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(local);
            socket.Listen(_options.Backlog);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new NetworkException($"cannot listen on {local}: {refused.Message}");
        }

        SocketListener listener = new(this, socket, acceptor, _options);
        lock (_gate)
        {
            _listeners.Add(listener);
        }

        listener.Begin();
        return listener;
    }

    /// <summary>Closes all listeners and connections, telling their handlers.</summary>
    public void Dispose()
    {
        SocketListener[] listeners;
        lock (_gate)
        {
            listeners = [.. _listeners];
            _listeners.Clear();
        }

        Array.ForEach(listeners, static listener => listener.Dispose());
        Array.ForEach(_reactors, static reactor => reactor.Dispose());
    }

    internal long NextConnectionId() => Interlocked.Increment(ref _connections);

    internal SocketReactor NextReactor() => _reactors[(Interlocked.Increment(ref _turn) - 1) % _reactors.Length];
}
