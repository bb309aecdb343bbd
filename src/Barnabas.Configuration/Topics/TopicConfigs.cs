namespace Barnabas.Configuration;

/// <summary>Judges and completes what is set for a topic.</summary>
public static class TopicConfigs
{
    /// <summary>
    /// What is wrong with a topic's overrides, one sentence each, in Kafka's words where clients may look for them;
    /// empty if nothing is. All overrides that the topic will have must be given, not only those that change.
    /// </summary>
    public static IReadOnlyList<string> Check(IReadOnlyDictionary<string, string> overrides, ConfigValues broker)
    {
        List<string> problems = [];
        foreach ((string name, string text) in overrides.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (ConfigTables.Topic.Find(name) is not { } key)
            {
                problems.Add($"Unknown topic config name: {name}");
            }
            else if (!key.TryParse(text, out _, out string? problem))
            {
                problems.Add(problem);
            }
        }

        if (problems.Count == 0)
        {
            CheckTogether(Values(overrides, broker), problems);
        }

        return problems;
    }

    /// <summary>All topic keys: overrides first, then the broker's defaults.</summary>
    internal static ConfigValues Values(IReadOnlyDictionary<string, string> overrides, ConfigValues broker)
    {
        Dictionary<ConfigKey, object?> values = [];
        foreach (ConfigKey key in ConfigTables.Topic.Keys)
        {
            values[key] = overrides.TryGetValue(key.Name, out string? text) && key.TryParse(
                text,
                out object? value,
                out _)
                ? value
                : TopicSynonyms.DefaultOf(key, broker);
        }

        return new ConfigValues(values);
    }

    private static void CheckTogether(ConfigValues values, List<string> problems)
    {
        ConfigKey least = Key("min.compaction.lag.ms");
        ConfigKey most = Key("max.compaction.lag.ms");
        if ((long)values[least]! > (long)values[most]!)
        {
            problems.Add(
                $"conflict topic config setting {least.Name} ({values[least]}) > {most.Name} ({values[most]})");
        }

        ConfigKey remote = Key("remote.storage.enable");
        if (values[remote] is true)
        {
            problems.Add("Tiered Storage functionality is disabled in the broker. "
                + $"Topic cannot be configured with {remote.Name}=true: there is no remote storage yet.");
        }
    }

    private static ConfigKey Key(string name)
    {
        ConfigKey? key = ConfigTables.Topic.Find(name);
        Invariant.That(key is not null);
        return key;
    }
}
