using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>Replication between brokers.</summary>
public static class ReplicationKeys
{
    public static readonly ConfigKey<long> ReplicaHighWatermarkCheckpointIntervalMs =
        Key<long>("replica.high.watermark.checkpoint.interval.ms", Long, "5000", High, Fixed,
            "How often the high watermarks are written to disk.");

    /// <summary>The keys that this version acts on.</summary>
    internal static IReadOnlyList<ConfigKey> WithEffect { get; } =
    [
        ReplicaHighWatermarkCheckpointIntervalMs,
    ];

    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("replica.lag.time.max.ms", Long, "30000", High, Fixed,
            "How long a follower may lag before it leaves the in-sync replicas."),
        Row("replica.fetch.wait.max.ms", Int, "500", High, Fixed,
            "How long a follower's fetch may wait for data."),
        Row("replica.fetch.min.bytes", Int, "1", High, Fixed,
            "How many bytes a follower's fetch waits for."),
        Row("replica.fetch.max.bytes", Int, "1048576", Medium, Fixed,
            "The most bytes per partition in a follower's fetch.",
            AtLeast(0)),
        Row("replica.fetch.response.max.bytes", Int, "10485760", Medium, Fixed,
            "The most bytes in the answer to a follower's fetch.",
            AtLeast(0)),
        Row("replica.fetch.backoff.ms", Int, "1000", Medium, Fixed,
            "The pause after a failed follower fetch.",
            AtLeast(0)),
        Row("replica.socket.timeout.ms", Int, "30000", High, Fixed,
            "How long a follower waits for an answer."),
        Row("replica.socket.receive.buffer.bytes", Int, "65536", High, Fixed,
            "The receive buffer of a follower's connection."),
        Row("replica.selector.class", Text, null, Medium, Fixed,
            "A Java class that chooses a replica near to the consumer. Barnabas loads no Java plug-ins."),
        Row("num.replica.fetchers", Int, "1", High, ClusterWide,
            "How many threads fetch from one other broker.",
            AtLeast(1)),
        Row("num.replica.alter.log.dirs.threads", Int, null, High, Fixed,
            "How many threads move replicas between directories."),
        Row("unclean.leader.election.enable", Bool, "false", High, ClusterWide,
            "Whether a replica that is not in sync may lead if no other is left, which loses records."),
        Row("follower.fetch.last.tiered.offset.enable", Bool, "false", Medium, ClusterWide,
            "Whether an empty follower starts after what was moved to remote storage."),
    ];
}
