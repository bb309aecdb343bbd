namespace Barnabas.Broker;

/// <summary>What one fetch may take.</summary>
public sealed record FetchLimits
{
    /// <summary>
    /// <c>fetch.max.bytes</c>: the most record bytes of a reply, whatever the client asks for; the first batch is sent
    /// even if it alone is larger. Default 55 MiB.
    /// </summary>
    public int BytesMax { get; init; } = 55 * 1024 * 1024;
}
