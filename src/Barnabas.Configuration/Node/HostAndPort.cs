using System.Globalization;

namespace Barnabas.Configuration;

/// <summary>A host name or address and a port, as <c>host:port</c> or <c>[v6]:port</c>.</summary>
public readonly record struct HostAndPort(string Host, int Port)
{
    public static bool TryParse(string text, out HostAndPort endpoint)
    {
        endpoint = default;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !TryParsePort(text.AsSpan(colon + 1), out int port))
        {
            return false;
        }

        string host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }
        else if (host.Contains(':', StringComparison.Ordinal))
        {
            return false;
        }

        if (!IsHost(host))
        {
            return false;
        }

        endpoint = new HostAndPort(host, port);
        return true;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    internal static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;

    /// <summary>Letters, digits, and the signs that occur in names and in addresses of both kinds.</summary>
    internal static bool IsHost(string host)
    {
        foreach (char sign in host)
        {
            if (!char.IsAsciiLetterOrDigit(sign) && sign is not ('.' or '-' or '_' or ':' or '%'))
            {
                return false;
            }
        }

        return host.Length > 0;
    }
}
