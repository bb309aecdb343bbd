using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>A mailbox of a simulated node that also serves connections; each of their notifications is a
/// turn.</summary>
internal sealed class SimulatedReactor(SimulatedLife life, SimulatedTime time, string name)
    : SimulatedMailbox(life, time, name, TimeSpan.Zero), IReactor
{
    private const int FirstEphemeralPort = 30_000;

    private readonly Queue<SimulatedConnection> _closed = new();

    public SimulatedLife Owner => Life;

    public void Connect(IPEndPoint remote, IConnectionAcceptor acceptor)
    {
        World.Trace.Record(SimulatedTraceKind.Connect, Life.Node.Index, remote.Port);
        long giveUpAt = (World.Now + World.Options.Network.GiveUpAfter).Ticks;
        World.Plan(World.Links.DrawDelay(), Life, () => Knock(remote, acceptor, giveUpAt));
    }

    /// <summary>Runs something as a turn of this reactor, then tells the handlers of connections that were
    /// closed.</summary>
    public void Serve(Action work) => RunTurn(work);

    public void NoteClosed(SimulatedConnection connection) => _closed.Enqueue(connection);

    protected override void EndTurn()
    {
        while (_closed.TryDequeue(out SimulatedConnection? connection))
        {
            connection.FinishClose();
        }
    }

    private void Knock(IPEndPoint remote, IConnectionAcceptor acceptor, long giveUpAt)
    {
        SimulatedNode here = Life.Node;
        SimulatedNode? there = FindNode(remote.Address);
        bool isSilent = there is null || (!there.IsRunning && World.Random.OneIn(2))
            || World.Links.IsCut(here, there) || World.Links.IsCut(there, here);
        if (there is null || isSilent)
        {
            if (there is null || World.Now.Ticks >= giveUpAt)
            {
                Serve(() => acceptor.ConnectFailed(there is null ? "no route to host" : "connection timed out"));
            }
            else
            {
                // TCP asks again after a second.
                World.Plan(TimeSpan.FromSeconds(1), Life, () => Knock(remote, acceptor, giveUpAt));
            }

            return;
        }

        IPAddress target = IPAddress.IsLoopback(remote.Address) ? IPAddress.Loopback : there.Address;
        if (!there.Listeners.TryGetValue(remote.Port, out SimulatedListener? listener) || !listener.Serves(target))
        {
            World.Plan(
                World.Links.DrawDelay(), Life, () => Serve(() => acceptor.ConnectFailed("connection refused")));
            return;
        }

        Establish(remote, acceptor, listener);
    }

    private void Establish(IPEndPoint remote, IConnectionAcceptor acceptor, SimulatedListener listener)
    {
        IPAddress ownAddress = IPAddress.IsLoopback(remote.Address) ? IPAddress.Loopback : Life.Node.Address;
        long id = World.NextConnectionId();
        IPEndPoint local = new(ownAddress, FirstEphemeralPort + (int)(id % 2_000));
        SimulatedReactor target = listener.NextReactor();
        SimulatedConnection near = new(this, id, local, remote);
        SimulatedConnection far = new(target, World.NextConnectionId(), remote, local);
        SimulatedConnection.Join(near, far);
        World.Plan(TimeSpan.Zero, target.Life, () => target.Serve(() => far.Begin(listener.Acceptor)));
        World.Plan(World.Links.DrawDelay(), Life, () => Serve(() => near.Begin(acceptor)));
    }

    private SimulatedNode? FindNode(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return Life.Node;
        }

        foreach (SimulatedNode node in World.Nodes)
        {
            if (node.Address.Equals(address))
            {
                return node;
            }
        }

        return null;
    }
}
