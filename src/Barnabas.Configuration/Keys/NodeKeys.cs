using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>What a node is: its number, its roles, where it listens and where its data lies.</summary>
public static class NodeKeys
{
    public static readonly ConfigKey<IReadOnlyList<string>> ProcessRoles =
        Key<IReadOnlyList<string>>("process.roles", Names, Required, High, Fixed,
            "What this node does: broker, controller, or both. A single node is both.",
            Set(emptyAllowed: false, "broker", "controller"));

    public static readonly ConfigKey<int> NodeId =
        Key<int>("node.id", Int, Required, High, Fixed,
            "The number of this node, unique in the cluster and kept for all its life.",
            AtLeast(0));

    public static readonly ConfigKey<int> BrokerId =
        Key<int>("broker.id", Int, "-1", High, Fixed,
            "The former name of node.id. If both are set they must agree.");

    public static readonly ConfigKey<string?> BrokerRack =
        Key<string?>("broker.rack", Text, null, Medium, Fixed,
            "The failure domain of this node, a free text such as the name of a zone. Reported to clients " +
            "that ask for it.");

    public static readonly ConfigKey<IReadOnlyList<string>> Listeners =
        Key<IReadOnlyList<string>>("listeners", Names, "PLAINTEXT://:9092", High, PerBroker,
            "The addresses to listen on, as NAME://host:port. An empty host means all interfaces; port 0 " +
            "lets the system choose.",
            Set(emptyAllowed: false));

    public static readonly ConfigKey<IReadOnlyList<string>?> AdvertisedListeners =
        Key<IReadOnlyList<string>?>("advertised.listeners", Names, null, High, Fixed,
            "The addresses that clients are told to connect to, where they differ from those the node " +
            "listens on.",
            Set(emptyAllowed: false));

    public static readonly ConfigKey<string> ListenerSecurityProtocolMap =
        Key<string>(
            "listener.security.protocol.map",
            Text,
            "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
            Low,
            PerBroker,
            "The security protocol of each listener name, as NAME:PROTOCOL pairs. Barnabas speaks " +
            "PLAINTEXT so far.");

    public static readonly ConfigKey<string?> InterBrokerListenerName =
        Key<string?>("inter.broker.listener.name", Text, null, Medium, Fixed,
            "The listener that other brokers use. If it is not set, security.inter.broker.protocol " +
            "decides.");

    public static readonly ConfigKey<string> SecurityInterBrokerProtocol =
        Key<string>("security.inter.broker.protocol", Text, "PLAINTEXT", Medium, Fixed,
            "The security protocol between brokers; its name is also the name of the listener they use. " +
            "Not together with inter.broker.listener.name.",
            OneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"));

    public static readonly ConfigKey<IReadOnlyList<string>> ControllerListenerNames =
        Key<IReadOnlyList<string>>("controller.listener.names", Names, Required, High, Fixed,
            "The names of the listeners that belong to the controller. Clients are never sent to them.",
            Set(emptyAllowed: false));

    public static readonly ConfigKey<IReadOnlyList<string>> LogDir =
        Key<IReadOnlyList<string>>("log.dir", Names, "/tmp/kafka-logs", High, Fixed,
            "The directories for data if log.dirs is not set.",
            Set(emptyAllowed: false));

    public static readonly ConfigKey<IReadOnlyList<string>?> LogDirs =
        Key<IReadOnlyList<string>?>("log.dirs", Names, null, High, Fixed,
            "The directories for data, separated by commas. Each partition lies in one of them. If not " +
            "set, log.dir counts.",
            Set(emptyAllowed: false));

    public static readonly ConfigKey<string?> MetadataLogDir =
        Key<string?>("metadata.log.dir", Text, null, High, Fixed,
            "The directory of the metadata log. If not set, it is the first data directory.");

    /// <summary>The keys that this version acts on.</summary>
    internal static IReadOnlyList<ConfigKey> WithEffect { get; } =
    [
        ProcessRoles,
        NodeId,
        BrokerId,
        BrokerRack,
        Listeners,
        AdvertisedListeners,
        ListenerSecurityProtocolMap,
        InterBrokerListenerName,
        SecurityInterBrokerProtocol,
        ControllerListenerNames,
        LogDir,
        LogDirs,
        MetadataLogDir,
    ];

    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("early.start.listeners", Names, null, High, Fixed,
            "Listeners that open before authorization is ready.",
            Set(emptyAllowed: true)),
        Row("cordoned.log.dirs", Names, "", Medium, PerBroker,
            "Data directories that take no new partitions.",
            Set(emptyAllowed: true)),
        Row("controlled.shutdown.enable", Bool, "true", Medium, Fixed,
            "Whether a stopping broker first hands its partitions to others."),
        Row("server.max.startup.time.ms", Long, "9223372036854775807", Medium, Fixed,
            "How long starting may take before it counts as failed.",
            AtLeast(0),
            isInternal: true),
        Row("unstable.api.versions.enable", Bool, "false", High, Fixed,
            "Offers API versions that are still in development. For tests.",
            isInternal: true),
        Row("unstable.feature.versions.enable", Bool, "false", High, Fixed,
            "Allows feature levels that are still in development. For tests.",
            isInternal: true),
        Row("config.providers", Names, "", Low, ClusterWide,
            "Names of plug-ins that fetch values from elsewhere. Barnabas loads no Java plug-ins.",
            Set(emptyAllowed: true)),
    ];
}
