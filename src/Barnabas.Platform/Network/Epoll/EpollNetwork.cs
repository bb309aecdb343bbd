using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// The real network on Linux: reactors with an epoll set and a thread each. No task, no thread pool and no allocation
/// lies between the kernel's event and the handler.
/// </summary>
public sealed class EpollNetwork : INetwork, IDisposable
{
    private readonly EpollReactor[] _reactors;
    private readonly TransportOptions _options;
    private long _connections;
    private uint _dealt;

    public EpollNetwork(TransportOptions options)
    {
        _options = options;
        Balance = new ReactorBalance(options.Reactors);
        _reactors = new EpollReactor[options.Reactors];
        for (int i = 0; i < _reactors.Length; i++)
        {
            _reactors[i] = new EpollReactor(this, i, options);
        }

        Array.ForEach(_reactors, static reactor => reactor.Start());
    }

    public IReadOnlyList<IReactor> Reactors => _reactors;

    /// <summary>What reactors tell each other, once a second at most, under this object's lock.</summary>
    internal ReactorBalance Balance { get; }

    public IListener Listen(IPEndPoint local, IConnectionAcceptor acceptor)
    {
        EpollListener listener = new(_reactors[0], SocketCalls.Listen(local, _options), acceptor);
        listener.Open();
        return listener;
    }

    /// <summary>Closes all listeners and connections, telling their handlers, and ends the threads. Waits for
    /// them.</summary>
    public void Dispose()
    {
        foreach (EpollReactor reactor in _reactors)
        {
            reactor.Dispose();
        }
    }

    internal long NextConnectionId() => Interlocked.Increment(ref _connections);

    internal EpollReactor this[int index] => _reactors[index];

    /// <summary>Who gets the next accepted connection. Only from the first reactor, which has the listeners.</summary>
    internal EpollReactor Deal()
    {
        Span<int> counts = stackalloc int[_reactors.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = _reactors[i].Accepted;
        }

        EpollReactor chosen = _reactors[ReactorBalance.Deal(counts, _dealt++)];
        chosen.CountAccepted(1);
        return chosen;
    }
}
