using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>Limits of connections and requests.</summary>
public static class NetworkKeys
{
    public static readonly ConfigKey<int> SocketRequestMaxBytes =
        Key<int>("socket.request.max.bytes", Int, "104857600", High, Fixed,
            "The largest request that is read. A connection that announces a larger one is closed.",
            AtLeast(1));

    public static readonly ConfigKey<int> MaxConnections =
        Key<int>("max.connections", Int, "2147483647", Medium, ClusterWide,
            "How many connections the node holds at once. When it is reached, new ones on a busy listener " +
            "are refused.",
            AtLeast(0));

    public static readonly ConfigKey<int> MaxConnectionsPerIp =
        Key<int>("max.connections.per.ip", Int, "2147483647", Medium, ClusterWide,
            "How many connections one address may hold. Further ones are closed at once.",
            AtLeast(0));

    public static readonly ConfigKey<string> MaxConnectionsPerIpOverrides =
        Key<string>("max.connections.per.ip.overrides", Text, "", Medium, ClusterWide,
            "Other values of max.connections.per.ip for single addresses, as host:number pairs.");

    public static readonly ConfigKey<long> ConnectionsMaxIdleMs =
        Key<long>("connections.max.idle.ms", Long, "600000", Medium, Fixed,
            "A connection without any request for this long is closed. Negative: never.");

    public static readonly ConfigKey<int> RequestTimeoutMs =
        Key<int>("request.timeout.ms", Int, "30000", High, Fixed,
            "How long a request that this node sends, or forwards for a client, may take.");

    public static readonly ConfigKey<int> FetchMaxBytes =
        Key<int>("fetch.max.bytes", Int, "57671680", Medium, Fixed,
            "The most bytes of records in the answer to one fetch. The first batch is sent even if it is " +
            "larger.",
            AtLeast(1024));

    public static readonly ConfigKey<int> MaxIncrementalFetchSessionCacheSlots =
        Key<int>("max.incremental.fetch.session.cache.slots", Int, "1000", Medium, Fixed,
            "How many incremental fetch sessions (KIP-227) are remembered.",
            AtLeast(0));

    public static readonly ConfigKey<int> MaxRequestPartitionSizeLimit =
        Key<int>("max.request.partition.size.limit", Int, "2000", Medium, Fixed,
            "The most partitions that one answer to DescribeTopicPartitions lists.",
            AtLeast(1));

    /// <summary>The keys that this version acts on.</summary>
    internal static IReadOnlyList<ConfigKey> WithEffect { get; } =
    [
        SocketRequestMaxBytes,
        MaxConnections,
        MaxConnectionsPerIp,
        MaxConnectionsPerIpOverrides,
        ConnectionsMaxIdleMs,
        RequestTimeoutMs,
        FetchMaxBytes,
        MaxIncrementalFetchSessionCacheSlots,
        MaxRequestPartitionSizeLimit,
    ];

    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("max.connection.creation.rate", Int, "2147483647", Medium, ClusterWide,
            "How many connections per second the node accepts.",
            AtLeast(0)),
        Row("socket.listen.backlog.size", Int, "50", Medium, Fixed,
            "How many connections the system holds until they are accepted.",
            AtLeast(1)),
        Row("socket.receive.buffer.bytes", Int, "102400", High, Fixed,
            "The receive buffer of client sockets; -1 leaves it to the system."),
        Row("socket.send.buffer.bytes", Int, "102400", High, Fixed,
            "The send buffer of client sockets; -1 leaves it to the system."),
        Row("socket.connection.setup.timeout.ms", Long, "10000", Medium, Fixed,
            "How long the first attempt to open a connection to another node may take."),
        Row("socket.connection.setup.timeout.max.ms", Long, "30000", Medium, Fixed,
            "How far that time grows after repeated failures."),
        Row("connection.failed.authentication.delay.ms", Int, "100", Low, Fixed,
            "How long the answer to a failed login is held back.",
            AtLeast(0)),
        Row("connections.max.reauth.ms", Long, "0", Medium, Fixed,
            "How long a login lasts before the client must repeat it."),
        Row("num.network.threads", Int, "3", High, ClusterWide,
            "Kafka's network threads. Barnabas serves requests on the threads that receive them: see " +
            "barnabas.reactor.threads.",
            AtLeast(1)),
        Row("num.io.threads", Int, "8", High, ClusterWide,
            "Kafka's request threads. Barnabas has none: requests run on the threads that receive them.",
            AtLeast(1)),
        Row("background.threads", Int, "10", High, ClusterWide,
            "Kafka's threads for chores. Barnabas gives each chore its own bounded mailbox.",
            AtLeast(1)),
        Row("queued.max.requests", Int, "500", High, Fixed,
            "How many requests may wait for Kafka's request threads. Barnabas has no such queue.",
            AtLeast(1)),
        Row("queued.max.request.bytes", Long, "-1", Medium, Fixed,
            "How many bytes may wait for Kafka's request threads. Barnabas bounds bytes in flight per " +
            "connection instead."),
        Row("fetch.purgatory.purge.interval.requests", Int, "1000", Medium, Fixed,
            "How often Kafka tidies its waiting fetches. Barnabas removes each when it is answered."),
        Row("producer.purgatory.purge.interval.requests", Int, "1000", Medium, Fixed,
            "How often Kafka tidies its waiting produces. Barnabas removes each when it is answered."),
        Row("delete.records.purgatory.purge.interval.requests", Int, "1", Medium, Fixed,
            "How often Kafka tidies its waiting DeleteRecords requests."),
        Row("share.fetch.purgatory.purge.interval.requests", Int, "1000", Medium, Fixed,
            "How often Kafka tidies its waiting share fetches."),
    ];
}
