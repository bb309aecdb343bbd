using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>
/// The door of one listener: decides who may come in, and counts what the connections inside cost together. From any
/// reactor.
/// </summary>
internal sealed class ConnectionGate(
    string listenerName,
    ConnectionLimits limits,
    ConnectionQuota quota,
    RequestDispatcher dispatcher,
    Func<IReactor, ReactorWorkspace> workspaceOf,
    BufferPool partials,
    ConnectionCounters counters) : IConnectionAcceptor
{
    private readonly Lock _lock = new();
    private readonly HashSet<Connection> _connections = [];
    private bool _isClosed;

    public string ListenerName { get; } = listenerName;

    public ConnectionLimits Limits { get; } = limits;

    public ConnectionCounters Counters { get; } = counters;

    public ReactorWorkspace WorkspaceOf(IReactor reactor) => workspaceOf(reactor);

    public IConnectionHandler? Accept(IConnection connection)
    {
        if (!quota.TryEnter(connection.Remote.Address))
        {
            Counters.Refused.Increment();
            return null;
        }

        lock (_lock)
        {
            if (!_isClosed)
            {
                Connection made = new(connection, workspaceOf(connection.Reactor), this, dispatcher);
                _connections.Add(made);
                Counters.Accepted.Increment();
                return made;
            }
        }

        // Accepted before the listener was closed, but its reactor comes to it only now.
        quota.Leave(connection.Remote.Address);
        return null;
    }

    public void OnClosed(Connection connection)
    {
        Counters.Closed.Increment();
        quota.Leave(connection.Remote.Address);
        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }

    /// <summary>
    /// Closes every connection, each on its own reactor, and lets nobody in any more. From any thread.
    /// </summary>
    public void CloseAll()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (Connection connection in _connections)
            {
                connection.Reactor.Post(new CloseItem(connection));
            }
        }
    }

    /// <summary>
    /// Memory for a request that has arrived in part. False when all connections together hold too much of it: the one
    /// that asks is closed, the others live.
    /// </summary>
    public bool TryRentPartial(int bytes, out BufferLease lease) =>
        partials.TryRent(bytes, "partial request", out lease);

    private sealed class CloseItem(Connection connection) : WorkItem
    {
        public override void Run()
        {
            if (connection.Reactor.IsCurrent)
            {
                connection.Close();
            }
            else
            {
                // It has moved since; there it comes behind the move.
                connection.Reactor.Post(this);
            }
        }
    }
}
