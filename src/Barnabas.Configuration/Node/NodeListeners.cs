using System.Net;

namespace Barnabas.Configuration;

/// <summary>The listeners of a node, put together from the five keys that describe them.</summary>
internal sealed class NodeListeners
{
    private readonly Dictionary<string, SecurityProtocol> _protocols = new(StringComparer.Ordinal);
    private readonly NodeSource _source;
    private readonly ConfigValues _values;

    private NodeListeners(NodeSource source, ConfigValues values)
    {
        _source = source;
        _values = values;
        ControllerNames = [.. NodeKeys.ControllerListenerNames.In(values).Select(Normalise)];
    }

    /// <summary>Names of listeners of the controller, whether or not this node has them.</summary>
    public IReadOnlyList<string> ControllerNames { get; }

    public IReadOnlyList<ListenerEndpoint> All { get; private set; } = [];

    /// <summary>What clients and other brokers are told; without the controller's.</summary>
    public IReadOnlyList<ListenerEndpoint> AdvertisedForBroker { get; private set; } = [];

    /// <summary>What other controllers and brokers are told about this controller.</summary>
    public IReadOnlyList<ListenerEndpoint> AdvertisedForController { get; private set; } = [];

    public string InterBrokerName { get; private set; } = "";

    public IReadOnlyDictionary<string, SecurityProtocol> Protocols => _protocols;

    public static NodeListeners Read(NodeSource source, ConfigValues values)
    {
        NodeListeners listeners = new(source, values);
        listeners.ReadProtocols();
        if (source.Problems.Count > 0)
        {
            return listeners;
        }

        listeners.All = listeners.ReadEndpoints(NodeKeys.Listeners, NodeKeys.Listeners.In(values), distinctPorts: true);
        IReadOnlyList<ListenerEndpoint> advertised = NodeKeys.AdvertisedListeners.In(values) is { } list
            ? listeners.ReadEndpoints(NodeKeys.AdvertisedListeners, list, distinctPorts: false)
            : listeners.All;
        listeners.AdvertisedForBroker = [.. advertised.Where(item => !listeners.IsController(item))];
        listeners.AdvertisedForController = listeners.ControllerEndpoints(advertised);
        listeners.ReadInterBrokerName();
        return listeners;
    }

    public bool IsController(ListenerEndpoint endpoint) => ControllerNames.Contains(endpoint.Name);

    private static string Normalise(string name) => name.ToUpperInvariant();

    private void ReadProtocols()
    {
        ConfigKey key = NodeKeys.ListenerSecurityProtocolMap;
        string[] pairs =
            NodeKeys.ListenerSecurityProtocolMap.In(_values).Split(',', StringSplitOptions.TrimEntries);
        foreach (string pair in pairs)
        {
            if (pair.Length == 0)
            {
                continue;
            }

            int colon = pair.LastIndexOf(':');
            if (colon <= 0)
            {
                _source.Refuse(key, $"Invalid value {pair} for configuration {key.Name}: Expected NAME:PROTOCOL");
            }
            else if (!SecurityProtocols.TryParse(pair[(colon + 1)..].Trim(), out SecurityProtocol protocol))
            {
                _source.Refuse(
                    key,
                    $"Invalid value {pair} for configuration {key.Name}: the protocol must be one of PLAINTEXT, SSL, "
                    + "SASL_PLAINTEXT, SASL_SSL");
            }
            else
            {
                _protocols[Normalise(pair[..colon].Trim())] = protocol;
            }
        }

        if (!_source.Has(key) && !NamesSecureProtocol())
        {
            // With the default map and nothing but plain text about, a controller listener may have any name.
            foreach (string name in ControllerNames)
            {
                _protocols.TryAdd(name, SecurityProtocol.Plaintext);
            }
        }
    }

    private bool NamesSecureProtocol()
    {
        IEnumerable<string> names = NodeKeys.Listeners.In(_values)
            .Select(entry => Normalise(entry.Split(':')[0]))
            .Concat(ControllerNames);
        return names.Any(name => name is "SSL" or "SASL_SSL" or "SASL_PLAINTEXT");
    }

    private List<ListenerEndpoint> ReadEndpoints(ConfigKey key, IReadOnlyList<string> entries, bool distinctPorts)
    {
        List<ListenerEndpoint> endpoints = [];
        foreach (string entry in entries)
        {
            if (ReadEndpoint(key, entry) is { } endpoint)
            {
                if (endpoints.Exists(other => other.Name == endpoint.Name))
                {
                    _source.Refuse(key, $"{key.Name}: each listener must have a different name, but {endpoint.Name} "
                        + "occurs twice");
                }
                else if (distinctPorts && endpoints.Exists(other => SharePort(other, endpoint)))
                {
                    _source.Refuse(key, $"{key.Name}: each listener must have a different port unless one has an IPv4 "
                        + $"address and the other an IPv6 address, but two have {endpoint.Port}");
                }

                endpoints.Add(endpoint);
            }
        }

        return endpoints;
    }

    private ListenerEndpoint? ReadEndpoint(ConfigKey key, string entry)
    {
        int mark = entry.IndexOf("://", StringComparison.Ordinal);
        int colon = entry.LastIndexOf(':');
        if (mark <= 0
            || colon < mark + 3
            || !HostAndPort.TryParsePort(entry.AsSpan(colon + 1), out int port))
        {
            _source.Refuse(
                key,
                $"Invalid value {entry} for configuration {key.Name}: Expected NAME://host:port with a port from 0 "
                + "to 65535");
            return null;
        }

        string host = entry[(mark + 3)..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }

        if (host.Length > 0 && !HostAndPort.IsHost(host))
        {
            _source.Refuse(key, $"Invalid value {entry} for configuration {key.Name}: '{host}' is not a host");
            return null;
        }

        string name = Normalise(entry[..mark]);
        if (!_protocols.TryGetValue(name, out SecurityProtocol protocol))
        {
            _source.Refuse(
                key,
                $"Invalid value {entry} for configuration {key.Name}: No security protocol defined for listener "
                + $"{name} in "
                + NodeKeys.ListenerSecurityProtocolMap.Name);
            return null;
        }

        return new ListenerEndpoint(name, protocol, host.Length == 0 ? null : host, port);
    }

    private static bool SharePort(ListenerEndpoint left, ListenerEndpoint right)
    {
        if (left.Port == 0 || left.Port != right.Port)
        {
            return false;
        }

        return !IPAddress.TryParse(left.Host, out IPAddress? leftAddress)
            || !IPAddress.TryParse(right.Host, out IPAddress? rightAddress)
            || leftAddress.AddressFamily == rightAddress.AddressFamily;
    }

    private List<ListenerEndpoint> ControllerEndpoints(IReadOnlyList<ListenerEndpoint> advertised)
    {
        List<ListenerEndpoint> endpoints = [];
        foreach (string name in ControllerNames)
        {
            ListenerEndpoint? endpoint = NodeKeys.AdvertisedListeners.In(_values) is null
                ? null
                : advertised.FirstOrDefault(item => item.Name == name);
            endpoint ??= All.FirstOrDefault(item => item.Name == name) is { } own ? WithVoterAddress(own) : null;
            if (endpoint is not null)
            {
                endpoints.Add(endpoint);
            }
        }

        return endpoints;
    }

    /// <summary>
    /// A controller that listens everywhere and says nothing else is reached where the static voter set has it.
    /// </summary>
    private ListenerEndpoint WithVoterAddress(ListenerEndpoint own)
    {
        if (own.Host is not (null or "0.0.0.0"))
        {
            return own;
        }

        if (own.Name == ControllerNames[0])
        {
            foreach (string entry in QuorumKeys.ControllerQuorumVoters.In(_values))
            {
                if (QuorumVoter.TryParse(entry, out QuorumVoter voter) && voter.NodeId == NodeKeys.NodeId.In(_values))
                {
                    return own with { Host = voter.Endpoint.Host, Port = voter.Endpoint.Port };
                }
            }
        }

        return own with { Host = null };
    }

    private void ReadInterBrokerName()
    {
        ConfigKey key = NodeKeys.InterBrokerListenerName;
        if (NodeKeys.InterBrokerListenerName.In(_values) is not { } name)
        {
            InterBrokerName = NodeKeys.SecurityInterBrokerProtocol.In(_values);
            return;
        }

        InterBrokerName = Normalise(name);
        if (_source.Has(NodeKeys.SecurityInterBrokerProtocol))
        {
            _source.Refuse(
                key,
                $"Only one of {key.Name} and {NodeKeys.SecurityInterBrokerProtocol.Name} should be set.");
        }

        if (!_protocols.ContainsKey(InterBrokerName))
        {
            _source.Refuse(
                key,
                $"Invalid value {name} for configuration {key.Name}: not found in "
                + NodeKeys.ListenerSecurityProtocolMap.Name);
        }
    }
}
