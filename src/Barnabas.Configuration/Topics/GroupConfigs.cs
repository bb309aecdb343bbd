namespace Barnabas.Configuration;

/// <summary>Judges and completes what is set for a group.</summary>
public static class GroupConfigs
{
    /// <summary>
    /// What is wrong with a group's overrides, in Kafka's words where clients may look for them; empty if nothing is.
    /// </summary>
    public static IReadOnlyList<string> Check(IReadOnlyDictionary<string, string> overrides, ConfigValues broker)
    {
        List<string> problems = [];
        foreach ((string name, string text) in overrides.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (ConfigTables.Group.Find(name) is not { } key)
            {
                problems.Add($"Unknown group config name: {name}");
            }
            else if (!key.TryParse(text, out object? value, out string? problem))
            {
                problems.Add(problem);
            }
            else
            {
                CheckBounds(key, value, broker, problems);
            }
        }

        return problems;
    }

    /// <summary>The broker key that gives the default of a group key, or null.</summary>
    internal static ConfigKey? BrokerKeyOf(ConfigKey key) => key.Name == "streams.assignor.name"
        ? ConfigTables.Broker.Find("group.streams.assignors")
        : ConfigTables.Broker.Find("group." + key.Name);

    internal static object? ValueOf(ConfigKey key, IReadOnlyDictionary<string, string> overrides, ConfigValues broker)
    {
        if (overrides.TryGetValue(key.Name, out string? text) && key.TryParse(text, out object? value, out _))
        {
            return value;
        }

        object? inherited = BrokerKeyOf(key) is { } brokerKey ? broker[brokerKey] : key.Default;
        // A group has one assignor; of the broker's list the first is the default.
        return key.Type == ConfigType.String && inherited is IReadOnlyList<string> list ? list[0] : inherited;
    }

    /// <summary>
    /// For many group keys the broker has a lowest and a highest value: group.share.min.…, group.share.max.….
    /// </summary>
    private static void CheckBounds(ConfigKey key, object? value, ConfigValues broker, List<string> problems)
    {
        int dot = key.Name.IndexOf('.', StringComparison.Ordinal);
        string kind = key.Name[..dot];
        string rest = key.Name[(dot + 1)..];
        if (value is not int number)
        {
            return;
        }

        if (ConfigTables.Broker.Find($"group.{kind}.min.{rest}") is { } least && number < (int)broker[least]!)
        {
            problems.Add($"{key.Name} must be greater than or equal to {least.Name} ({broker[least]})");
        }

        if (ConfigTables.Broker.Find($"group.{kind}.max.{rest}") is { } most && number > (int)broker[most]!)
        {
            problems.Add($"{key.Name} must be less than or equal to {most.Name} ({broker[most]})");
        }
    }
}
