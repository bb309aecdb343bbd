using System.Collections.Concurrent;
using System.Net;
using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Broker.Tests;

/// <summary>
/// The real network, whose accepted connections go from reactor to reactor all the time: each is asked to leave at
/// every turn of the one it is on.
/// </summary>
internal sealed class MovingNetwork(INetwork real) : INetwork
{
    private long _moves;

    public IReadOnlyList<IReactor> Reactors => real.Reactors;

    public long Moves => Interlocked.Read(ref _moves);

    public bool IsResting { get; set; }

    public ConcurrentQueue<IConnection> Connections { get; } = new();

    public IListener Listen(IPEndPoint local, IConnectionAcceptor acceptor) =>
        real.Listen(local, new Acceptor(this, acceptor));

    private EpollReactor Next(IReactor reactor) =>
        (EpollReactor)Reactors[(((EpollReactor)reactor).Index + 1) % Reactors.Count];

    private sealed class Acceptor(MovingNetwork network, IConnectionAcceptor inner) : IConnectionAcceptor
    {
        public IConnectionHandler? Accept(IConnection connection)
        {
            IConnectionHandler? handler = inner.Accept(connection);
            if (handler is not null)
            {
                network.Connections.Enqueue(connection);
                connection.Reactor.Post(new Roamer(network, (EpollConnection)connection));
            }

            return handler;
        }
    }

    private sealed class Roamer(MovingNetwork network, EpollConnection connection) : WorkItem
    {
        public override void Run()
        {
            IReactor here = connection.Reactor;
            if (here.IsCurrent && connection.TryMoveTo(network.Next(here)))
            {
                Interlocked.Increment(ref network._moves);
            }

            if (!network.IsResting)
            {
                connection.Reactor.Post(this);
            }
        }
    }
}
