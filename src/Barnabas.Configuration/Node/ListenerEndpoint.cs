using System.Globalization;

namespace Barnabas.Configuration;

/// <summary>
/// An address of a listener. <paramref name="Name"/> is in upper case. <paramref name="Host"/> is null for all
/// interfaces. Port 0 lets the system choose.
/// </summary>
public sealed record ListenerEndpoint(string Name, SecurityProtocol Protocol, string? Host, int Port)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}://{BracketedHost}:{Port}");

    private string BracketedHost =>
        Host is null ? "" : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
}
