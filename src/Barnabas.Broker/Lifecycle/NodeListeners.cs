using System.Net;
using System.Net.Sockets;
using System.Numerics;

using Barnabas.Configuration;
using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>The open listeners of a node and their connections. Opened and closed from the control mailbox.</summary>
internal sealed class NodeListeners(NodeSeams seams, NodeConfiguration configuration, ConnectionCounters counters)
{
    private readonly List<(string Name, IListener Listener, ConnectionGate Gate)> _open = [];
    private readonly Dictionary<IReactor, ReactorWorkspace> _workspaces = [];
    private BufferPool? _partials;

    /// <summary>Name, address and port of each open listener.</summary>
    public IEnumerable<(string Name, IPEndPoint Local)> Endpoints
    {
        get
        {
            foreach ((string name, IListener listener, ConnectionGate _) in _open)
            {
                yield return (name, listener.Local);
            }
        }
    }

    /// <summary>
    /// Throws <see cref="NetworkException"/> if an address cannot be had; what was opened stays open.
    /// </summary>
    public void Open(RequestDispatcher broker, RequestDispatcher controller)
    {
        foreach (IReactor reactor in seams.Network.Reactors)
        {
            _workspaces.Add(reactor, new ReactorWorkspace(reactor));
        }

        ConnectionLimits limits = LimitsFrom(configuration.Network);
        ConnectionQuota quota = new(limits);
        _partials = new BufferPool(PartialsFor(limits));
        foreach (ListenerEndpoint endpoint in configuration.Listeners)
        {
            bool isController = configuration.ControllerListenerNames.Contains(endpoint.Name);
            ConnectionGate gate = new(
                endpoint.Name,
                limits,
                quota,
                isController ? controller : broker,
                reactor => _workspaces[reactor],
                _partials,
                counters);
            IPEndPoint local = new(AddressOf(endpoint), endpoint.Port);
            _open.Add((endpoint.Name, seams.Network.Listen(local, gate), gate));
        }
    }

    public void Close()
    {
        foreach ((string _, IListener listener, ConnectionGate gate) in _open)
        {
            listener.Dispose();
            gate.CloseAll();
        }

        _open.Clear();
    }

    /// <summary>The largest request that is allowed fits into one buffer.</summary>
    internal static BufferPoolOptions PartialsFor(ConnectionLimits limits)
    {
        const uint LargestArray = 1u << 30;
        BufferPoolOptions options = new() { LimitBytes = limits.PartialBytesMax };
        uint frame = BitOperations.RoundUpToPowerOf2((uint)limits.RequestBytesMax + sizeof(int));
        return options with { BufferBytesMax = Math.Max(options.BufferBytesMax, (int)Math.Min(frame, LargestArray)) };
    }

    private static ConnectionLimits LimitsFrom(NetworkSettings settings) => new()
    {
        RequestBytesMax = settings.RequestBytesMax,
        ConnectionsMax = settings.ConnectionsMax,
        ConnectionsPerAddressMax = settings.ConnectionsPerAddressMax,
        ConnectionsPerAddressOverrides = OverridesFrom(settings.ConnectionsPerAddressOverrides),
        IdleMax = settings.ConnectionIdleMax ?? TimeSpan.Zero,
        InFlightBytesMax = settings.ConnectionInFlightBytesMax,
    };

    private static Dictionary<IPAddress, int> OverridesFrom(IReadOnlyDictionary<string, int> overrides)
    {
        Dictionary<IPAddress, int> byAddress = [];
        foreach ((string host, int most) in overrides)
        {
            foreach (IPAddress address in Resolve(host, "max.connections.per.ip.overrides"))
            {
                byAddress[address] = most;
            }
        }

        return byAddress;
    }

    /// <summary>
    /// Only at the start, and for hosts that the operator wrote; nothing here waits on a client's word.
    /// </summary>
    private static IPAddress[] Resolve(string host, string where)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return [address];
        }

        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (SocketException failure)
        {
            throw new NetworkException($"The host {host} of {where}: {failure.Message}.");
        }
    }

    private static IPAddress AddressOf(ListenerEndpoint endpoint)
    {
        if (string.IsNullOrEmpty(endpoint.Host))
        {
            // Both families where the machine has both.
            return IPAddress.IPv6Any;
        }

        if (endpoint.Host == "localhost")
        {
            return IPAddress.Loopback;
        }

        IPAddress[] addresses = Resolve(endpoint.Host, $"listener {endpoint.Name}");
        return Array.Find(addresses, static address => address.AddressFamily == AddressFamily.InterNetwork)
            ?? addresses.FirstOrDefault()
            ?? throw new NetworkException($"The host {endpoint.Host} of listener {endpoint.Name} has no address.");
    }
}
