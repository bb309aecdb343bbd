using System.Collections.Frozen;
using System.Globalization;

namespace Barnabas.Configuration;

/// <summary>Limits of connections and requests.</summary>
public sealed record NetworkSettings
{
    /// <summary>
    /// In bytes, without the four bytes of the size itself. A larger announcement closes the connection.
    /// </summary>
    public required int RequestBytesMax { get; init; }

    public required int ConnectionsMax { get; init; }

    public required int ConnectionsPerAddressMax { get; init; }

    /// <summary>Exceptions from <see cref="ConnectionsPerAddressMax"/>, by host name or address as written.</summary>
    public required IReadOnlyDictionary<string, int> ConnectionsPerAddressOverrides { get; init; }

    /// <summary>Null: connections may idle for ever.</summary>
    public required TimeSpan? ConnectionIdleMax { get; init; }

    /// <summary>In bytes. At this many unanswered bytes of requests a connection is not read from.</summary>
    public required int ConnectionInFlightBytesMax { get; init; }

    /// <summary>0: the system decides.</summary>
    public required int ReactorThreads { get; init; }

    /// <summary>How long requests that the node sends itself may take.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    public static NetworkSettings From(ConfigValues values)
    {
        bool readable = TryParseOverrides(
            NetworkKeys.MaxConnectionsPerIpOverrides.In(values),
            out IReadOnlyDictionary<string, int> overrides);
        Invariant.That(readable);
        return new NetworkSettings
        {
            RequestBytesMax = NetworkKeys.SocketRequestMaxBytes.In(values),
            ConnectionsMax = NetworkKeys.MaxConnections.In(values),
            ConnectionsPerAddressMax = NetworkKeys.MaxConnectionsPerIp.In(values),
            ConnectionsPerAddressOverrides = overrides,
            ConnectionIdleMax = Durations.OfMillisecondsOrNone(NetworkKeys.ConnectionsMaxIdleMs.In(values)),
            ConnectionInFlightBytesMax = BarnabasKeys.ConnectionInFlightMaxBytes.In(values),
            ReactorThreads = BarnabasKeys.ReactorThreads.In(values),
            RequestTimeout = Durations.OfMilliseconds(NetworkKeys.RequestTimeoutMs.In(values)),
        };
    }

    /// <summary>Reads <c>host:number</c> pairs; what cannot be read makes the whole text unreadable.</summary>
    internal static bool TryParseOverrides(string text, out IReadOnlyDictionary<string, int> overrides)
    {
        Dictionary<string, int> pairs = new(StringComparer.Ordinal);
        overrides = pairs;
        foreach (string pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = pair.LastIndexOf(':');
            if (colon <= 0
                || !HostAndPort.IsHost(pair[..colon].Trim())
                || !int.TryParse(
                    pair.AsSpan(colon + 1),
                    NumberStyles.Integer,
                    CultureInfo.InvariantCulture,
                    out int number))
            {
                overrides = FrozenDictionary<string, int>.Empty;
                return false;
            }

            pairs[pair[..colon].Trim()] = number;
        }

        return true;
    }
}
