namespace Barnabas.Configuration;

/// <summary>What a value must meet besides having the right type.</summary>
public abstract class ConfigRule
{
    /// <summary>Null if the value is allowed, else one sentence that names key, value and what is allowed.</summary>
    public abstract string? Check(ConfigKey key, object? value);

    /// <summary>
    /// The rule in Kafka's short notation: <c>[0,...]</c>, <c>[compact, delete]</c>; empty if it has none.
    /// </summary>
    public abstract override string ToString();

    /// <summary>Set for lists that are sets: repeated entries are dropped before the check.</summary>
    internal virtual bool RemovesDuplicates => false;

    private protected static string Invalid(ConfigKey key, object? value, string reason) =>
        $"Invalid value {key.Shown(value)} for configuration {key.Name}: {reason}";
}
