using System.Collections.Concurrent;
using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

/// <summary>Makes a peer for each connection, or refuses them, and remembers what it saw.</summary>
internal sealed class TestAcceptor(bool echo = false, bool refuse = false, Action<TestPeer>? begin = null)
    : IConnectionAcceptor
{
    public ConcurrentQueue<TestPeer> Peers { get; } = new();

    public ConcurrentQueue<string> Failures { get; } = new();

    public TestPeer Only => Assert.Single(Peers);

    public IConnectionHandler? Accept(IConnection connection)
    {
        Assert.True(connection.Reactor.IsCurrent);
        if (refuse)
        {
            return null;
        }

        TestPeer peer = new(connection, echo);
        begin?.Invoke(peer);
        Peers.Enqueue(peer);
        return peer;
    }

    public void ConnectFailed(string reason) => Failures.Enqueue(reason);
}
