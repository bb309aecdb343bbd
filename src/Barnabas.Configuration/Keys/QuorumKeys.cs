using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>The metadata quorum, its log, and the lease of brokers.</summary>
public static class QuorumKeys
{
    public static readonly ConfigKey<IReadOnlyList<string>> ControllerQuorumVoters =
        Key<IReadOnlyList<string>>("controller.quorum.voters", Names, "", High, Fixed,
            "The voters of a quorum with fixed membership, as id@host:port. Empty if the membership was " +
            "set when the directory was formatted.",
            Voters);

    public static readonly ConfigKey<IReadOnlyList<string>> ControllerQuorumBootstrapServers =
        Key<IReadOnlyList<string>>("controller.quorum.bootstrap.servers", Names, "", High, Fixed,
            "Addresses, as host:port, at which the quorum can be found when its membership is not fixed.",
            Endpoints);

    public static readonly ConfigKey<int> ControllerQuorumElectionTimeoutMs =
        Key<int>("controller.quorum.election.timeout.ms", Int, "1000", High, Fixed,
            "How long a candidate waits for votes before it tries again.",
            AtLeast(0));

    public static readonly ConfigKey<int> ControllerQuorumFetchTimeoutMs =
        Key<int>("controller.quorum.fetch.timeout.ms", Int, "2000", High, Fixed,
            "How long a voter goes on without an answer from the leader before it stands for election, " +
            "and a leader without a majority before it resigns.",
            AtLeast(0));

    public static readonly ConfigKey<int> MetadataLogSegmentBytes =
        Key<int>("metadata.log.segment.bytes", Int, "1073741824", High, Fixed,
            "The size at which a file of the metadata log ends and the next begins.",
            AtLeast(8388608));

    public static readonly ConfigKey<long> MetadataLogMaxRecordBytesBetweenSnapshots =
        Key<long>("metadata.log.max.record.bytes.between.snapshots", Long, "20971520", High, Fixed,
            "How many bytes of new metadata make the node write a snapshot.",
            AtLeast(1));

    public static readonly ConfigKey<long> MetadataLogMaxSnapshotIntervalMs =
        Key<long>("metadata.log.max.snapshot.interval.ms", Long, "3600000", High, Fixed,
            "How long new metadata may wait for a snapshot. 0: only the bytes count.",
            AtLeast(0));

    public static readonly ConfigKey<int> MetadataMaxIdleIntervalMs =
        Key<int>("metadata.max.idle.interval.ms", Int, "500", Low, Fixed,
            "How often the active controller appends an empty record, so that everybody sees the log " +
            "advance. 0: never.",
            AtLeast(0));

    public static readonly ConfigKey<int> BrokerHeartbeatIntervalMs =
        Key<int>("broker.heartbeat.interval.ms", Int, "2000", Medium, Fixed,
            "How often a broker renews its lease with the controller.");

    public static readonly ConfigKey<int> BrokerSessionTimeoutMs =
        Key<int>("broker.session.timeout.ms", Int, "9000", Medium, Fixed,
            "How long the lease of a broker lasts. After it the controller takes its partitions away.");

    /// <summary>The keys that this version acts on.</summary>
    internal static IReadOnlyList<ConfigKey> WithEffect { get; } =
    [
        ControllerQuorumVoters,
        ControllerQuorumBootstrapServers,
        ControllerQuorumElectionTimeoutMs,
        ControllerQuorumFetchTimeoutMs,
        MetadataLogSegmentBytes,
        MetadataLogMaxRecordBytesBetweenSnapshots,
        MetadataLogMaxSnapshotIntervalMs,
        MetadataMaxIdleIntervalMs,
        BrokerHeartbeatIntervalMs,
        BrokerSessionTimeoutMs,
    ];

    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("controller.quorum.election.backoff.max.ms", Int, "1000", High, Fixed,
            "The longest pause between two elections.",
            AtLeast(0)),
        Row("controller.quorum.request.timeout.ms", Int, "2000", Medium, Fixed,
            "How long a request within the quorum may take.",
            AtLeast(0)),
        Row("initial.broker.registration.timeout.ms", Int, "60000", Medium, Fixed,
            "How long a starting broker tries to register before it gives up."),
        Row("controller.quorum.retry.backoff.ms", Int, "20", Low, Fixed,
            "The pause before a failed request within the quorum is repeated.",
            AtLeast(0)),
        Row("controller.quorum.append.linger.ms", Int, "25", Medium, Fixed,
            "How long the leader gathers records before it writes them. Barnabas writes what came in one " +
            "turn together and does not wait.",
            AtLeast(0)),
        Row("controller.quorum.auto.join.enable", Bool, "false", Low, Fixed,
            "Whether a controller adds itself to the voters."),
        Row("controller.quorum.fetch.max.bytes", Int, "1048576", Low, Fixed,
            "The most bytes of metadata in one answer within the quorum.",
            AtLeast(1)),
        Row("controller.quorum.fetch.snapshot.max.bytes", Int, "1048576", Low, Fixed,
            "The most bytes of a snapshot in one answer within the quorum.",
            AtLeast(1)),
        Row("controller.performance.always.log.threshold.ms", Long, "2000", Medium, Fixed,
            "A controller turn that takes longer is logged.",
            AtLeast(0),
            isInternal: true),
        Row("controller.performance.sample.period.ms", Long, "60000", Medium, Fixed,
            "How often the controller logs how long its turns take.",
            AtLeast(100),
            isInternal: true),
        Row("controller.socket.timeout.ms", Int, "30000", Medium, Fixed,
            "How long a connection between controller and broker may be silent."),
        Row("metadata.log.segment.ms", Long, "604800000", High, Fixed,
            "The age at which a file of the metadata log ends and the next begins."),
        Row("metadata.max.retention.bytes", Long, "104857600", High, Fixed,
            "How large the metadata log and its snapshots may grow before the oldest are deleted."),
        Row("metadata.max.retention.ms", Long, "604800000", High, Fixed,
            "How old a part of the metadata log or a snapshot may get before it is deleted."),
        Row("internal.metadata.delete.delay.millis", Long, "60000", Low, Fixed,
            "How long deleted files of the metadata log stay on disk. For tests.",
            isInternal: true),
        Row("internal.metadata.log.segment.bytes", Int, null, Low, Fixed,
            "The segment size of the metadata log without its lower bound. For tests.",
            isInternal: true),
        Row("internal.metadata.max.batch.size.in.bytes", Int, "8388608", Low, Fixed,
            "The largest batch of the metadata log. For tests.",
            isInternal: true),
        Row("leader.imbalance.check.interval.seconds", Long, "300", High, Fixed,
            "How often the controller looks for partitions that are not led by their preferred replica.",
            AtLeast(1)),
        Row("auto.leader.rebalance.enable", Bool, "true", High, Fixed,
            "Whether the controller moves leadership back to preferred replicas."),
        Row("unclean.leader.election.interval.ms", Long, "300000", Medium, Fixed,
            "How often the controller looks for partitions that need an unclean election.",
            AtLeast(1),
            isInternal: true),
        Row("alter.config.policy.class.name", Class, null, Low, Fixed,
            "A Java class that judges configuration changes. Barnabas loads no Java plug-ins."),
        Row("create.topic.policy.class.name", Class, null, Low, Fixed,
            "A Java class that judges new topics. Barnabas loads no Java plug-ins."),
    ];
}
