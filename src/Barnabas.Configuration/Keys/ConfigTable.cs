using System.Collections.Frozen;

namespace Barnabas.Configuration;

/// <summary>All keys of one kind of resource, by name.</summary>
public sealed class ConfigTable
{
    private readonly FrozenDictionary<string, ConfigKey> _byName;

    internal ConfigTable(string kind, params IReadOnlyList<IReadOnlyList<ConfigKey>> parts)
    {
        Kind = kind;
        ConfigKey[] keys = [.. parts.SelectMany(part => part).OrderBy(key => key.Name, StringComparer.Ordinal)];
        Keys = keys;
        _byName = keys.ToFrozenDictionary(key => key.Name, StringComparer.Ordinal);
    }

    /// <summary>What the keys configure, for messages: broker, topic, group.</summary>
    public string Kind { get; }

    /// <summary>All keys in ordinal order of their names.</summary>
    public IReadOnlyList<ConfigKey> Keys { get; }

    /// <summary>The key of this name (names are case-sensitive), or null.</summary>
    public ConfigKey? Find(string name) => _byName.GetValueOrDefault(name);
}
