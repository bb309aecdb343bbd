using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

internal sealed class StreamingAcceptor(int toSend) : IConnectionAcceptor
{
    public List<StreamingPeer> Peers { get; } = [];

    public List<string> Failures { get; } = [];

    public IConnectionHandler? Accept(IConnection connection)
    {
        StreamingPeer peer = new(connection, toSend);
        Peers.Add(peer);
        peer.Push();
        return peer;
    }

    public void ConnectFailed(string reason) => Failures.Add(reason);
}
