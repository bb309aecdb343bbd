namespace Barnabas.Configuration;

/// <summary>A string out of a fixed set.</summary>
internal sealed class OneOfRule(bool ignoreCase, params string[] allowed) : ConfigRule
{
    public override string? Check(ConfigKey key, object? value)
    {
        StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        foreach (string candidate in allowed)
        {
            if (value is string text && text.Equals(candidate, comparison))
            {
                return null;
            }
        }

        string note = ignoreCase ? " (case insensitive)" : "";
        return Invalid(key, value, $"String must be one of{note}: {string.Join(", ", allowed)}");
    }

    public override string ToString() =>
        (ignoreCase ? "(case insensitive) " : "") + $"[{string.Join(", ", allowed)}]";
}
