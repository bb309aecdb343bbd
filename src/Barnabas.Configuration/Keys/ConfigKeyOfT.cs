namespace Barnabas.Configuration;

/// <summary>
/// A key whose value type the compiler knows, for the keys that something reads. A key that may be unset has a
/// nullable <typeparamref name="T"/>.
/// </summary>
public sealed class ConfigKey<T> : ConfigKey
{
    internal ConfigKey(ConfigKeyFacts facts)
        : base(facts)
    {
    }

    /// <summary>The value of this key in a set of parsed values, or its default.</summary>
    public T In(ConfigValues values) => (T)values[this]!;
}
