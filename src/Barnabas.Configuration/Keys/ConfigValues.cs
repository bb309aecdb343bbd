using System.Collections.Frozen;

namespace Barnabas.Configuration;

/// <summary>
/// Parsed values of the keys of a table. What is not set has its default. Immutable, so from any thread.
/// </summary>
public sealed class ConfigValues
{
    private readonly FrozenDictionary<ConfigKey, object?> _values;

    internal ConfigValues(IReadOnlyDictionary<ConfigKey, object?> values)
    {
        _values = values.ToFrozenDictionary();
    }

    /// <summary>Nothing set.</summary>
    public static ConfigValues Defaults { get; } = new(new Dictionary<ConfigKey, object?>());

    /// <summary>The value, typed as <see cref="ConfigKey.Default"/> says.</summary>
    public object? this[ConfigKey key] => _values.TryGetValue(key, out object? value) ? value : key.Default;

    /// <summary>True if the value was given and is not merely the default.</summary>
    public bool IsSet(ConfigKey key) => _values.ContainsKey(key);

    /// <summary>The keys that were given, in ordinal order of their names.</summary>
    public IEnumerable<ConfigKey> SetKeys => _values.Keys.OrderBy(key => key.Name, StringComparer.Ordinal);
}
