using System.Net;

namespace Barnabas.Platform;

/// <summary>What the wildcard address means on this machine.</summary>
internal static class ListenAddress
{
    /// <summary>
    /// <see cref="IPAddress.IPv6Any"/> asks for every address of both families; without IPv6 those are the ones of
    /// IPv4.
    /// </summary>
    public static IPEndPoint On(IPEndPoint local, bool hasV6) =>
        !hasV6 && local.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.Any, local.Port) : local;
}
