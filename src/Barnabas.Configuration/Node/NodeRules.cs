namespace Barnabas.Configuration;

/// <summary>
/// Rules that tie keys together, as Kafka checks them for a node with a metadata quorum. Rules about what Barnabas
/// cannot do yet are in <see cref="NotYetRules"/>.
/// </summary>
internal static class NodeRules
{
    public static void Check(NodeSource source, ConfigValues values, NodeListeners listeners)
    {
        CheckIdentity(source, values);
        CheckTimes(source, values);
        CheckDirectories(source, values);
        CheckQuorum(source, values, listeners);
        CheckAdvertised(source, values, listeners);
        CheckConnections(source, values);
        foreach (string kind in (string[])["consumer", "share", "streams"])
        {
            CheckGroups(source, values, kind);
        }
    }

    private static void CheckIdentity(NodeSource source, ConfigValues values)
    {
        int nodeId = NodeKeys.NodeId.In(values);
        int brokerId = NodeKeys.BrokerId.In(values);
        if (nodeId != brokerId)
        {
            source.Refuse(NodeKeys.BrokerId, $"node.id ({nodeId}) and broker.id ({brokerId}) must be the same");
        }
    }

    private static void CheckTimes(NodeSource source, ConfigValues values)
    {
        TopicDefaults defaults = TopicDefaults.From(values);
        Require(defaults.SegmentMs >= 1, LogKeys.LogRollMs, "log.roll.ms must be at least 1, allowed: [1,...]");
        Require(defaults.SegmentJitterMs >= 0, LogKeys.LogRollJitterMs, "log.roll.jitter.ms must be at least 0, "
            + "allowed: [0,...]");
        Require(
            defaults.RetentionMs is >= 1 or -1,
            RetentionKey(values),
            $"{RetentionKey(values).Name} must not be 0, allowed: -1 (for ever) or [1,...]");
        int heartbeat = QuorumKeys.BrokerHeartbeatIntervalMs.In(values);
        int session = QuorumKeys.BrokerSessionTimeoutMs.In(values);
        if ((long)heartbeat * 2 > session)
        {
            source.Note(
                QuorumKeys.BrokerHeartbeatIntervalMs.Name,
                $"broker.heartbeat.interval.ms ({heartbeat}) should be at most half of broker.session.timeout.ms "
                + $"({session}): "
                + "one lost heartbeat costs the broker its lease");
        }

        void Require(bool holds, ConfigKey key, string message)
        {
            if (!holds)
            {
                source.Refuse(key, message);
            }
        }
    }

    /// <summary>The newer kinds of groups (KIP-848, KIP-932, KIP-1071) have the same rules.</summary>
    private static void CheckGroups(NodeSource source, ConfigValues values, string kind)
    {
        foreach (string name in (string[])["heartbeat.interval.ms", "session.timeout.ms"])
        {
            AtLeast($"group.{kind}.max.{name}", $"group.{kind}.min.{name}");
            AtLeast($"group.{kind}.{name}", $"group.{kind}.min.{name}");
            if (Value($"group.{kind}.{name}") > Value($"group.{kind}.max.{name}"))
            {
                source.Refuse(
                    $"group.{kind}.{name}",
                    $"group.{kind}.{name} must be less than or equal to group.{kind}.max.{name}");
            }
        }

        if (Value($"group.{kind}.heartbeat.interval.ms") >= Value($"group.{kind}.session.timeout.ms"))
        {
            source.Refuse(
                $"group.{kind}.heartbeat.interval.ms",
                $"group.{kind}.heartbeat.interval.ms must be less than group.{kind}.session.timeout.ms");
        }

        void AtLeast(string name, string least)
        {
            if (Value(name) < Value(least))
            {
                source.Refuse(name, $"{name} must be greater than or equal to {least}");
            }
        }

        int Value(string name)
        {
            ConfigKey? key = ConfigTables.Broker.Find(name);
            Invariant.That(key is not null);
            return (int)values[key]!;
        }
    }

    private static ConfigKey RetentionKey(ConfigValues values) =>
        values.IsSet(LogKeys.LogRetentionMs) ? LogKeys.LogRetentionMs
        : values.IsSet(LogKeys.LogRetentionMinutes) ? LogKeys.LogRetentionMinutes
        : LogKeys.LogRetentionHours;

    private static void CheckDirectories(NodeSource source, ConfigValues values)
    {
        string name = values.IsSet(NodeKeys.LogDirs) ? NodeKeys.LogDirs.Name : NodeKeys.LogDir.Name;
        foreach (string directory in NodeConfiguration.LogDirectoriesOf(values))
        {
            if (directory.Contains('\0', StringComparison.Ordinal))
            {
                source.Refuse(name, $"Invalid value {directory} for configuration {name}: not a path");
            }
        }
    }

    private static void CheckQuorum(NodeSource source, ConfigValues values, NodeListeners listeners)
    {
        int nodeId = NodeKeys.NodeId.In(values);
        IReadOnlyList<QuorumVoter> voters = NodeConfiguration.VotersOf(values);
        string rolesName = NodeKeys.ProcessRoles.Name;
        string votersName = QuorumKeys.ControllerQuorumVoters.Name;
        if (voters.Count == 0 && QuorumKeys.ControllerQuorumBootstrapServers.In(values).Count == 0)
        {
            source.Refuse(
                QuorumKeys.ControllerQuorumVoters,
                $"With {rolesName}, either {QuorumKeys.ControllerQuorumBootstrapServers.Name} (host:port) or "
                + $"{votersName} "
                + "(id@host:port) must say where the quorum is");
        }

        bool isVoter = voters.Any(voter => voter.NodeId == nodeId);
        if (!NodeConfiguration.RolesOf(values).HasFlag(ProcessRoles.Controller))
        {
            CheckBrokerOnly(source, listeners, nodeId, isVoter);
            return;
        }

        if (voters.Count > 0 && !isVoter)
        {
            source.Refuse(
                QuorumKeys.ControllerQuorumVoters,
                $"{rolesName} contains controller, so node {nodeId} must be one of "
                + $"{votersName}={string.Join(',', voters)}");
        }

        CheckControllerListeners(source, values, listeners);
    }

    private static void CheckBrokerOnly(NodeSource source, NodeListeners listeners, int nodeId, bool isVoter)
    {
        if (isVoter)
        {
            source.Refuse(
                QuorumKeys.ControllerQuorumVoters,
                $"{NodeKeys.ProcessRoles.Name} contains just broker, so node {nodeId} must not be one of "
                + QuorumKeys.ControllerQuorumVoters.Name);
        }

        if (listeners.All.Any(listeners.IsController))
        {
            source.Refuse(
                NodeKeys.ControllerListenerNames,
                $"{NodeKeys.ControllerListenerNames.Name} must not contain a name that appears in "
                + $"{NodeKeys.Listeners.Name} when {NodeKeys.ProcessRoles.Name}=broker");
        }
    }

    private static void CheckControllerListeners(NodeSource source, ConfigValues values, NodeListeners listeners)
    {
        string namesName = NodeKeys.ControllerListenerNames.Name;
        foreach (string name in listeners.ControllerNames)
        {
            if (!listeners.All.Any(listener => listener.Name == name))
            {
                source.Refuse(
                    NodeKeys.ControllerListenerNames,
                    $"{namesName} must only contain names that appear in {NodeKeys.Listeners.Name}, but {name} "
                    + "does not");
            }
        }

        bool isController = NodeConfiguration.RolesOf(values) == ProcessRoles.Controller;
        if (isController && !listeners.All.All(listeners.IsController))
        {
            source.Refuse(
                NodeKeys.Listeners,
                $"{NodeKeys.Listeners.Name} must only contain listeners of {namesName} when "
                + $"{NodeKeys.ProcessRoles.Name}=controller");
        }
    }

    private static void CheckAdvertised(NodeSource source, ConfigValues values, NodeListeners listeners)
    {
        string key = values.IsSet(NodeKeys.AdvertisedListeners)
            ? NodeKeys.AdvertisedListeners.Name
            : NodeKeys.Listeners.Name;
        foreach (ListenerEndpoint endpoint in listeners.AdvertisedForBroker.Concat(listeners.AdvertisedForController))
        {
            if (endpoint.Host == "0.0.0.0")
            {
                source.Refuse(
                    key,
                    $"{NodeKeys.AdvertisedListeners.Name} cannot use the address 0.0.0.0, which nobody can connect "
                    + "to; leave "
                    + "the host empty or name one");
            }
        }

        if (!NodeConfiguration.RolesOf(values).HasFlag(ProcessRoles.Broker))
        {
            return;
        }

        string[] names = [.. listeners.AdvertisedForBroker.Select(endpoint => endpoint.Name)];
        if (names.Length == 0)
        {
            source.Refuse(
                key,
                "There must be at least one advertised listener for the broker. Perhaps all listeners appear in "
                + $"{NodeKeys.ControllerListenerNames.Name}?");
            return;
        }

        if (!names.Contains(listeners.InterBrokerName))
        {
            source.Refuse(
                NodeKeys.InterBrokerListenerName,
                $"{NodeKeys.InterBrokerListenerName.Name} ({listeners.InterBrokerName}) must be one of the advertised "
                + $"listeners, allowed: {string.Join(", ", names)}");
        }

        foreach (string name in names)
        {
            if (!listeners.All.Any(listener => listener.Name == name))
            {
                source.Refuse(
                    NodeKeys.AdvertisedListeners,
                    $"{NodeKeys.AdvertisedListeners.Name} must only contain names that appear in "
                    + $"{NodeKeys.Listeners.Name}, "
                    + $"but {name} does not");
            }
        }
    }

    private static void CheckConnections(NodeSource source, ConfigValues values)
    {
        if (!NetworkSettings.TryParseOverrides(NetworkKeys.MaxConnectionsPerIpOverrides.In(values), out var overrides))
        {
            source.Refuse(
                NetworkKeys.MaxConnectionsPerIpOverrides,
                $"Invalid value {NetworkKeys.MaxConnectionsPerIpOverrides.In(values)} for configuration "
                + $"{NetworkKeys.MaxConnectionsPerIpOverrides.Name}: Expected host:number pairs separated by commas");
        }
        else if (NetworkKeys.MaxConnectionsPerIp.In(values) == 0 && overrides.Count == 0)
        {
            source.Refuse(
                NetworkKeys.MaxConnectionsPerIp,
                $"{NetworkKeys.MaxConnectionsPerIp.Name} can be 0 only if "
                + $"{NetworkKeys.MaxConnectionsPerIpOverrides.Name} is set");
        }
    }
}
