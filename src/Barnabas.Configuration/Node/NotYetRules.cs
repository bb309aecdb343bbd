namespace Barnabas.Configuration;

/// <summary>
/// What a file may ask of Kafka and cannot yet have from Barnabas, as far as going on without it would be dangerous or
/// senseless: such a file is refused. What is merely without effect is listed at start instead.
/// </summary>
internal static class NotYetRules
{
    private const string ZooKeeperConnect = "zookeeper.connect";
    private const string ConfigProviders = "config.providers";

    /// <summary>Java classes that guard something: ignoring one would open what its owner closed.</summary>
    private static readonly string[] GuardingPlugIns =
    [
        "alter.config.policy.class.name",
        "create.topic.policy.class.name",
        "client.quota.callback.class",
        "principal.builder.class",
    ];

    public static bool SpeaksOfZooKeeper(NodeSource source) =>
        source.Entries.ContainsKey(ZooKeeperConnect) && !source.Has(NodeKeys.ProcessRoles);

    /// <summary>Values that stand for others (KIP-297): judged as they are written, they would all be wrong.</summary>
    public static bool RefuseProviders(NodeSource source)
    {
        bool uses = source.Entries.TryGetValue(ConfigProviders, out PropertyEntry entry)
            && !string.IsNullOrWhiteSpace(entry.Value);
        if (uses)
        {
            source.Refuse(
                ConfigProviders,
                $"{ConfigProviders}={entry.Value}: values from config providers cannot be fetched yet. Write the "
                + "values themselves.");
        }

        return uses;
    }

    public static void CheckKeys(NodeSource source)
    {
        if (SpeaksOfZooKeeper(source))
        {
            source.Refuse(
                ZooKeeperConnect,
                $"{ZooKeeperConnect} is set: Barnabas does not keep its metadata in ZooKeeper yet. Remove the key "
                + "and set "
                + $"{NodeKeys.ProcessRoles.Name}=broker,controller for a node with its own quorum.");
        }
    }

    public static void CheckValues(NodeSource source, ConfigValues values, NodeListeners listeners)
    {
        CheckRoles(source, values);
        CheckListeners(source, listeners);
        RefuseUnlessDefault(
            source,
            values,
            "authorizer.class.name",
            "there is no authorization yet, so every client could do everything");
        RefuseUnlessDefault(source, values, "remote.log.storage.system.enable", "there is no remote storage yet");
        foreach (string name in GuardingPlugIns)
        {
            RefuseUnlessDefault(source, values, name, "Java plug-ins are not loaded, and going on without this one "
                + "could "
                + "allow what it forbids");
        }
    }

    private static void CheckRoles(NodeSource source, ConfigValues values)
    {
        if (NodeKeys.ProcessRoles.In(values).Count < 2)
        {
            source.Refuse(
                NodeKeys.ProcessRoles,
                $"Invalid value {string.Join(',', NodeKeys.ProcessRoles.In(values))} for configuration "
                + $"{NodeKeys.ProcessRoles.Name}: a node must be both broker and controller so far, allowed: "
                + "broker,controller");
        }

        if (QuorumKeys.ControllerQuorumVoters.In(values).Count > 1)
        {
            source.Refuse(
                QuorumKeys.ControllerQuorumVoters,
                $"{QuorumKeys.ControllerQuorumVoters.Name}: a quorum of several voters is not supported yet");
        }
    }

    private static void CheckListeners(NodeSource source, NodeListeners listeners)
    {
        foreach (ListenerEndpoint listener in listeners.All)
        {
            if (listener.Protocol != SecurityProtocol.Plaintext)
            {
                source.Refuse(
                    NodeKeys.Listeners,
                    $"Listener {listener.Name} uses {listener.Protocol.KafkaName()}, which is not supported yet, "
                    + "allowed: PLAINTEXT");
            }
        }
    }

    private static void RefuseUnlessDefault(NodeSource source, ConfigValues values, string name, string reason)
    {
        ConfigKey? key = ConfigTables.Broker.Find(name);
        Invariant.That(key is not null);
        string? text = key.Print(values[key]);
        if (text != key.Print(key.Default))
        {
            source.Refuse(key, $"{name}={text}: {reason}");
        }
    }
}
