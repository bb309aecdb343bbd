using System.Collections.Frozen;
using System.Net;

namespace Barnabas.Broker;

/// <summary>
/// What the connections of a node may cost. All limits are enforced before the memory they bound is taken.
/// </summary>
public sealed record ConnectionLimits
{
    /// <summary>
    /// <c>socket.request.max.bytes</c>: the largest request, in bytes without its length prefix. A larger announcement
    /// closes the connection before anything is allocated for it. Default 100 MiB.
    /// </summary>
    public int RequestBytesMax { get; init; } = 104_857_600;

    /// <summary>
    /// <c>max.connections</c>: open connections of this node; more are closed as they are accepted. Default no limit.
    /// </summary>
    public int ConnectionsMax { get; init; } = int.MaxValue;

    /// <summary><c>max.connections.per.ip</c>: the same for one remote address. Default no limit.</summary>
    public int ConnectionsPerAddressMax { get; init; } = int.MaxValue;

    /// <summary><c>max.connections.per.ip.overrides</c>: other numbers for single addresses.</summary>
    public IReadOnlyDictionary<IPAddress, int> ConnectionsPerAddressOverrides { get; init; } =
        FrozenDictionary<IPAddress, int>.Empty;

    /// <summary>
    /// <c>connections.max.idle.ms</c>: a connection that neither completed a request nor took bytes of a reply for this
    /// long is closed. Zero or less switches it off. Default 10 minutes.
    /// </summary>
    public TimeSpan IdleMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// <c>barnabas.connection.in.flight.max.bytes</c>: bytes of the requests of a connection whose replies are still
    /// due, and 1 KiB for each of them. Above it the connection is not read until replies have gone: back-pressure, not
    /// an error. Default 16 MiB.
    /// </summary>
    public long InFlightBytesMax { get; init; } = 16 << 20;

    /// <summary>
    /// <c>barnabas.connection.outbound.max.bytes</c>: reply bytes in memory that the peer has not taken. Above it the
    /// connection is not read until the peer takes some. Default 8 MiB; a single larger reply still goes out.
    /// </summary>
    public long OutboundBytesMax { get; init; } = 8 << 20;

    /// <summary>
    /// <c>barnabas.requests.memory.max.bytes</c>: bytes of requests that have arrived in part, over all connections.
    /// Above it the connection that needs more is closed. Bytes that a peer announces but does not send cost nothing.
    /// Default 1 GiB.
    /// </summary>
    public long PartialBytesMax { get; init; } = 1L << 30;
}
