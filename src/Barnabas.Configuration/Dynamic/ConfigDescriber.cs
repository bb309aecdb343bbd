namespace Barnabas.Configuration;

/// <summary>
/// Tells values with their origin, as DescribeConfigs asks for them (KIP-226): override before dynamic, dynamic before
/// the file, the file before the default. Entries come in ordinal order of their names.
/// </summary>
public static class ConfigDescriber
{
    /// <summary>All keys of a topic with these overrides.</summary>
    public static IReadOnlyList<ConfigEntry> DescribeTopic(
        IReadOnlyDictionary<string, string> overrides,
        BrokerConfigs broker)
    {
        ConfigValues values = TopicConfigs.Values(overrides, broker.Values);
        List<ConfigEntry> entries = [];
        foreach (ConfigKey key in ConfigTables.Topic.Keys)
        {
            if (key.IsInternal && !overrides.ContainsKey(key.Name))
            {
                continue;
            }

            IReadOnlyList<TopicSynonym> others = TopicSynonyms.Of(key);
            List<ConfigSynonym> synonyms = others.Count == 0 ? [] : BrokerSynonyms(others[0].BrokerKey, broker);
            string? value = key.Print(values[key]);
            if (overrides.ContainsKey(key.Name))
            {
                synonyms.Insert(0, new ConfigSynonym(key.Name, value, ConfigSource.TopicConfig));
            }

            entries.Add(Entry(key, value, synonyms, isReadOnly: false));
        }

        return entries;
    }

    /// <summary>All keys of a group with these overrides.</summary>
    public static IReadOnlyList<ConfigEntry> DescribeGroup(
        IReadOnlyDictionary<string, string> overrides,
        BrokerConfigs broker)
    {
        List<ConfigEntry> entries = [];
        foreach (ConfigKey key in ConfigTables.Group.Keys)
        {
            ConfigKey? brokerKey = GroupConfigs.BrokerKeyOf(key);
            bool isSet = overrides.ContainsKey(key.Name);
            if (key.IsInternal && !isSet && (brokerKey is null || !broker.Written.ContainsKey(brokerKey.Name)))
            {
                continue;
            }

            string? value = key.Print(GroupConfigs.ValueOf(key, overrides, broker.Values));
            List<ConfigSynonym> synonyms = brokerKey is not null
                ? BrokerSynonyms(brokerKey, broker)
                : key.Default is null
                    ? []
                    : [new ConfigSynonym(key.Name, key.Print(key.Default), ConfigSource.DefaultConfig)];
            if (isSet)
            {
                synonyms.Insert(0, new ConfigSynonym(key.Name, value, ConfigSource.GroupConfig));
            }

            entries.Add(Entry(key, value, synonyms, isReadOnly: false));
        }

        return entries;
    }

    /// <summary>All keys of this broker, and what else its file and its dynamic layers hold.</summary>
    public static IReadOnlyList<ConfigEntry> DescribeBroker(BrokerConfigs broker)
    {
        SortedDictionary<string, ConfigEntry> entries = new(StringComparer.Ordinal);
        foreach (ConfigKey key in ConfigTables.Broker.Keys)
        {
            if (!key.IsInternal || broker.Values.IsSet(key))
            {
                List<ConfigSynonym> synonyms = BrokerSynonyms(key, broker);
                string? value = key.Print(broker.Values[key]);
                entries[key.Name] = Entry(key, value, synonyms, key.Mode == DynamicMode.ReadOnly);
            }
        }

        foreach (string name in broker.Written.Keys.Concat(broker.DynamicDefaults.Keys).Concat(broker.DynamicOwn.Keys))
        {
            if (!entries.ContainsKey(name))
            {
                entries[name] = Unlisted(name, broker);
            }
        }

        return [.. entries.Values];
    }

    /// <summary>What is set for all brokers at once: the resource without a name.</summary>
    public static IReadOnlyList<ConfigEntry> DescribeDefaults(BrokerConfigs broker)
    {
        List<ConfigEntry> entries = [];
        foreach ((string name, string text) in broker.DynamicDefaults.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            ConfigKey? key = BrokerConfigs.FindBehindPrefix(name);
            string? value = key is null || key.IsSensitive ? null : text;
            ConfigSynonym synonym = new(name, value, ConfigSource.DynamicDefaultBrokerConfig);
            entries.Add(new ConfigEntry(
                name,
                value,
                synonym.Source,
                key?.Type,
                key is null or { Mode: DynamicMode.ReadOnly },
                key is null or { IsSensitive: true },
                key?.Documentation,
                [synonym]));
        }

        return entries;
    }

    private static ConfigEntry Entry(
        ConfigKey key,
        string? value,
        List<ConfigSynonym> synonyms,
        bool isReadOnly) => new(
        key.Name,
        value,
        synonyms.Count == 0 ? ConfigSource.DefaultConfig : synonyms[0].Source,
        key.Type,
        isReadOnly,
        key.IsSensitive,
        key.Documentation,
        synonyms);

    /// <summary>A key of a plug-in or an unknown one: shown by name only, since its value may be a secret.</summary>
    private static ConfigEntry Unlisted(string name, BrokerConfigs broker)
    {
        ConfigKey? key = BrokerConfigs.FindBehindPrefix(name);
        bool isSensitive = key is null || key.IsSensitive;
        List<ConfigSynonym> synonyms = [];
        AddFrom(synonyms, broker.DynamicOwn, name, isSensitive, ConfigSource.DynamicBrokerConfig);
        AddFrom(synonyms, broker.DynamicDefaults, name, isSensitive, ConfigSource.DynamicDefaultBrokerConfig);
        AddFrom(synonyms, broker.Written, name, isSensitive, ConfigSource.StaticBrokerConfig);
        return new ConfigEntry(
            name,
            synonyms[0].Value,
            synonyms[0].Source,
            key?.Type,
            key is null or { Mode: DynamicMode.ReadOnly },
            isSensitive,
            key?.Documentation,
            synonyms);
    }

    /// <summary>
    /// The places a broker key's value could come from. Keys that say the same in several units are listed together,
    /// from the place that names <paramref name="key"/> itself on; if none does, there is none to tell.
    /// </summary>
    private static List<ConfigSynonym> BrokerSynonyms(ConfigKey key, BrokerConfigs broker)
    {
        List<ConfigSynonym> synonyms = [];
        IReadOnlyList<string> names = Alternatives(key.Name);
        AddLayer(broker.DynamicOwn, ConfigSource.DynamicBrokerConfig);
        AddLayer(broker.DynamicDefaults, ConfigSource.DynamicDefaultBrokerConfig);
        AddLayer(broker.Written, ConfigSource.StaticBrokerConfig);
        foreach (string name in names)
        {
            if (ConfigTables.Broker.Find(name)?.Default is { } value)
            {
                string? text = key.IsSensitive ? null : ConfigText.Print(value);
                synonyms.Add(new ConfigSynonym(name, text, ConfigSource.DefaultConfig));
            }
        }

        int first = synonyms.FindIndex(synonym => synonym.Name == key.Name);
        return first < 0 ? [] : synonyms[first..];

        void AddLayer(IReadOnlyDictionary<string, string> layer, ConfigSource source)
        {
            foreach (string name in names)
            {
                AddFrom(synonyms, layer, name, key.IsSensitive, source);
            }
        }
    }

    private static void AddFrom(
        List<ConfigSynonym> synonyms,
        IReadOnlyDictionary<string, string> layer,
        string name,
        bool isSensitive,
        ConfigSource source)
    {
        if (layer.TryGetValue(name, out string? text))
        {
            synonyms.Add(new ConfigSynonym(name, isSensitive ? null : text, source));
        }
    }

    private static IReadOnlyList<string> Alternatives(string name) => name switch
    {
        "log.roll.ms" or "log.roll.hours" => ["log.roll.ms", "log.roll.hours"],
        "log.roll.jitter.ms" or "log.roll.jitter.hours" => ["log.roll.jitter.ms", "log.roll.jitter.hours"],
        "log.flush.interval.ms" => ["log.flush.interval.ms", "log.flush.scheduler.interval.ms"],
        "log.retention.ms" or "log.retention.minutes" or "log.retention.hours" =>
            ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
        _ => [name],
    };
}
