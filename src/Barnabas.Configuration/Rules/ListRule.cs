namespace Barnabas.Configuration;

/// <summary>A list that is a set: no empty entries, perhaps only known ones, perhaps not empty.</summary>
internal sealed class ListRule(bool emptyAllowed, params string[] allowed) : ConfigRule
{
    internal override bool RemovesDuplicates => true;

    public override string? Check(ConfigKey key, object? value)
    {
        if (value is not IReadOnlyList<string> list)
        {
            return null;
        }

        if (!emptyAllowed && list.Count == 0)
        {
            string valid = allowed.Length == 0 ? "any non-empty value" : ToString();
            return $"Configuration '{key.Name}' must not be empty. Valid values include: {valid}";
        }

        foreach (string item in list)
        {
            if (item.Length == 0)
            {
                return $"Configuration '{key.Name}' values must not be empty.";
            }

            if (allowed.Length > 0 && !allowed.Contains(item, StringComparer.Ordinal))
            {
                return Invalid(key, item, $"String must be one of: {string.Join(", ", allowed)}");
            }
        }

        return null;
    }

    public override string ToString() => allowed.Length == 0 ? "" : $"[{string.Join(", ", allowed)}]";
}
