using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>A listening port of a simulated node.</summary>
internal sealed class SimulatedListener(
    SimulatedLife life, IPEndPoint local, IReadOnlyList<SimulatedReactor> reactors, IConnectionAcceptor acceptor)
    : IListener
{
    private int _next;

    public IPEndPoint Local { get; } = local;

    public IConnectionAcceptor Acceptor { get; } = acceptor;

    public SimulatedReactor NextReactor() => reactors[_next++ % reactors.Count];

    public bool Serves(IPAddress address) =>
        Local.Address.Equals(IPAddress.Any) || Local.Address.Equals(IPAddress.IPv6Any) || Local.Address.Equals(address);

    public void Dispose()
    {
        if (life.IsAlive && life.Node.Listeners.TryGetValue(Local.Port, out SimulatedListener? open) && open == this)
        {
            life.Node.Listeners.Remove(Local.Port);
        }
    }
}
