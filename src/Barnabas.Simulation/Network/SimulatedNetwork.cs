using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>
/// Streams between the nodes of a simulated world, at their addresses; 127.0.0.1 is the node itself.
/// </summary>
/// <remarks>
/// <para>Fault model. A stream keeps the order of its bytes and loses none while it lives, as TCP promises; it promises
/// nothing else. Bytes arrive after a random wait in pieces that were cut and joined at any byte. Only a bounded number
/// is on its way, so a sender meets "would block", and a call may take any first part of what it was given. A link that
/// was cut holds bytes back until it is healed; after <see cref="SimulatedNetworkOptions.GiveUpAfter"/> the sender's
/// side breaks. A connection may be reset at any delivery, with what was on its way lost from a random byte on. Closing
/// with unread bytes resets the peer. A process that was killed resets its peers; a machine that lost power tells them
/// nothing, and they learn of it when they send, from the machine's next life or by giving up. Connecting to a port
/// where nobody listens is refused; to a machine that is cut off or down, it fails after the same limit.</para>
/// <para>Not modelled: bytes that change on the way (TCP's checksum and Kafka's CRC stand against that), streams that
/// one side closes only half.</para>
/// </remarks>
public sealed class SimulatedNetwork : INetwork
{
    private const int FirstFreePort = 20_000;

    private readonly SimulatedLife _life;
    private readonly SimulatedReactor[] _reactors;

    internal SimulatedNetwork(SimulatedLife life, SimulatedTime time, int reactors)
    {
        _life = life;
        _reactors = new SimulatedReactor[reactors];
        for (int i = 0; i < reactors; i++)
        {
            _reactors[i] = new SimulatedReactor(life, time, $"reactor-{i}");
        }
    }

    public IReadOnlyList<IReactor> Reactors => _reactors;

    public IListener Listen(IPEndPoint local, IConnectionAcceptor acceptor)
    {
        SimulatedNode node = _life.Node;
        Invariant.That(_life.IsAlive);
        int port = local.Port == 0 ? FreePort(node) : local.Port;
        bool isLocal = local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any)
            || IPAddress.IsLoopback(local.Address) || local.Address.Equals(node.Address);
        if (!isLocal)
        {
            throw new NetworkException($"{local} is not an address of this machine");
        }

        SimulatedListener listener = new(_life, new IPEndPoint(local.Address, port), _reactors, acceptor);
        if (!node.Listeners.TryAdd(port, listener))
        {
            throw new NetworkException($"{local} is in use");
        }

        return listener;
    }

    private static int FreePort(SimulatedNode node)
    {
        int port = FirstFreePort;
        while (node.Listeners.ContainsKey(port))
        {
            port++;
        }

        return port;
    }
}
