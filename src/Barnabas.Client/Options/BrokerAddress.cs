using System.Globalization;

namespace Barnabas.Client;

/// <summary>Where a broker listens: a host name or address, and a TCP port from 1 to 65535.</summary>
public readonly record struct BrokerAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, <c>[::1]:port</c>, each with or without a leading <c>PROTOCOL://</c>.</summary>
    /// <exception cref="ClientOptionException">The text is neither.</exception>
    public static BrokerAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> rest = text;
        int scheme = rest.IndexOf("://");
        if (scheme >= 0)
        {
            rest = rest[(scheme + 3)..];
        }

        int colon = rest.LastIndexOf(':');
        if (colon <= 0
            || !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
        {
            throw new ClientOptionException("bootstrap.servers", text, "must be host:port");
        }

        ReadOnlySpan<char> host = rest[..colon];
        if (host[0] == '[' && host[^1] == ']')
        {
            host = host[1..^1];
        }

        return new BrokerAddress(host.ToString(), port);
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
