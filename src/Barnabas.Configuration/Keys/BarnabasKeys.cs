using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>Keys that Kafka does not have. They may stand in the same file; Kafka ignores them.</summary>
public static class BarnabasKeys
{
    public static readonly ConfigKey<string> MetricsListener =
        Key<string>("barnabas.metrics.listener", Text, "", Medium, Fixed,
            "Where metrics, health and readiness are served over HTTP, as host:port. Empty: nowhere. The pages carry " +
            "no authentication, so the address should not be reachable from outside.");

    public static readonly ConfigKey<int> ReactorThreads =
        Key<int>("barnabas.reactor.threads", Int, "0", Medium, Fixed,
            "How many threads serve connections. 0: one per processor, at most eight.",
            Between(0, 256));

    public static readonly ConfigKey<int> ConnectionInFlightMaxBytes =
        Key<int>("barnabas.connection.in.flight.max.bytes", Int, "16777216", Medium, Fixed,
            "How many bytes of requests one connection may have unanswered. At the limit the node stops reading from " +
            "it " +
            "until answers are out; a single request may be larger, up to socket.request.max.bytes.",
            AtLeast(65536));

    internal static IReadOnlyList<ConfigKey> WithEffect { get; } =
    [
        MetricsListener,
        ReactorThreads,
        ConnectionInFlightMaxBytes,
    ];
}
