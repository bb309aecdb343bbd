namespace Barnabas.Configuration;

/// <summary>Reads and judges what was written for a node, in the steps of <see cref="Read"/>.</summary>
internal static class NodeConfigurationReader
{
    /// <summary>Listeners may carry their own security settings under this prefix (KIP-103).</summary>
    private const string ListenerPrefix = "listener.name.";

    /// <summary>Prefixes below which plug-ins have keys of their own.</summary>
    private static readonly string[] OpenPrefixes =
        [ListenerPrefix, "config.providers.", "rlmm.config.", "rsm.config.", "confluent.", "java."];

    public static NodeConfigurationResult Read(PropertiesFile file, IReadOnlyDictionary<string, string> overrides)
    {
        NodeSource source = new(file, overrides);
        if (NotYetRules.RefuseProviders(source))
        {
            return Result(null, source);
        }

        Dictionary<string, string> written =
            source.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Value, StringComparer.Ordinal);
        source.FillFrom(NodeKeys.NodeId, NodeKeys.BrokerId);
        source.FillFrom(NodeKeys.BrokerId, NodeKeys.NodeId);

        NotYetRules.CheckKeys(source);
        ConfigValues values = ParseValues(source);
        NoteUnknownKeys(source, written);
        if (source.Problems.Count > 0)
        {
            // Rules across keys would only repeat, in other words, what is wrong with one of them.
            return Result(null, source);
        }

        NodeListeners listeners = NodeListeners.Read(source, values);
        if (source.Problems.Count == 0)
        {
            NodeRules.Check(source, values, listeners);
            NotYetRules.CheckValues(source, values, listeners);
        }

        return Result(new NodeConfiguration(values, listeners, written), source);
    }

    private static NodeConfigurationResult Result(NodeConfiguration? configuration, NodeSource source) => new(
        source.Problems.Count == 0 ? configuration : null,
        [.. source.Problems.OrderBy(problem => problem.Line ?? int.MaxValue)],
        source.Notes);

    private static ConfigValues ParseValues(NodeSource source)
    {
        Dictionary<ConfigKey, object?> values = [];
        foreach (ConfigKey key in ConfigTables.Broker.Keys)
        {
            if (source.Entries.TryGetValue(key.Name, out PropertyEntry entry))
            {
                if (key.TryParse(entry.Value, out object? value, out string? problem))
                {
                    values[key] = value;
                }
                else
                {
                    source.Refuse(key, problem);
                }
            }
            else if (key.IsRequired && !NotYetRules.SpeaksOfZooKeeper(source))
            {
                source.Refuse(key, $"Missing required configuration \"{key.Name}\" which has no default value.");
            }
        }

        return new ConfigValues(values);
    }

    private static void NoteUnknownKeys(NodeSource source, Dictionary<string, string> written)
    {
        foreach (string name in written.Keys)
        {
            if (ConfigTables.Broker.Find(name) is null
                && !Array.Exists(OpenPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                source.Note(name, $"'{name}' is not a key of Kafka or of Barnabas and is ignored");
            }
        }

        if (written.ContainsKey(NodeKeys.BrokerId.Name))
        {
            source.Note(
                NodeKeys.BrokerId.Name,
                "broker.id is the former name of node.id and will be refused by Kafka 5.0");
        }
    }
}
