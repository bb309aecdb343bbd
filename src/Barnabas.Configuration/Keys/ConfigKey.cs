namespace Barnabas.Configuration;

/// <summary>
/// One configuration key: its name, type, default, rule and how it may change. Immutable, so from any thread.
/// </summary>
public abstract class ConfigKey
{
    private protected ConfigKey(ConfigKeyFacts facts)
    {
        Facts = facts;
        Default = facts.Default is null ? null : Parse(facts.Default);
    }

    public string Name => Facts.Name;

    public ConfigType Type => Facts.Type;

    /// <summary>Set if a node's file must name the key because there is no default.</summary>
    public bool IsRequired => Facts.IsRequired;

    /// <summary>
    /// The parsed default, null where nothing is the default. The value's type follows <see cref="Type"/>: bool,
    /// string, int, short, long, double, or <see cref="IReadOnlyList{T}"/> of string.
    /// </summary>
    public object? Default { get; }

    /// <summary>What a value of the right type must meet besides, or null.</summary>
    public ConfigRule? Rule => Facts.Rule;

    public ConfigImportance Importance => Facts.Importance;

    public DynamicMode Mode => Facts.Mode;

    /// <summary>
    /// Set for keys that exist for tests of the system and are not listed to clients unless they are set.
    /// </summary>
    public bool IsInternal => Facts.IsInternal;

    /// <summary>
    /// Set if this version of Barnabas acts on the key. A key without effect is accepted, validated and listed at
    /// start.
    /// </summary>
    public bool HasEffect => Facts.HasEffect;

    public string Documentation => Facts.Documentation;

    /// <summary>Set if the value must never be shown.</summary>
    public bool IsSensitive => Type == ConfigType.Password;

    private ConfigKeyFacts Facts { get; }

    /// <summary>
    /// Reads a value from text. False with one sentence that names key, value and what is allowed.
    /// </summary>
    public bool TryParse(string text, out object? value, [NotNullWhen(false)] out string? problem)
    {
        if (!ConfigText.TryParse(Type, text, out value, out string? expected))
        {
            problem = $"Invalid value {Shown(text)} for configuration {Name}: {expected}";
            return false;
        }

        if (Rule?.RemovesDuplicates == true && value is string[] list)
        {
            // Kafka 4.0 on: repeated entries are dropped with a warning, not refused.
            value = Distinct(list);
        }

        problem = Rule?.Check(this, value);
        return problem is null;
    }

    /// <summary>Text for the value as Kafka prints it; null for null and for what must not be shown.</summary>
    public string? Print(object? value) => IsSensitive ? null : ConfigText.Print(value);

    /// <summary>The value as it may appear in a message.</summary>
    internal string Shown(object? value) => IsSensitive ? "[hidden]" : ConfigText.Print(value) ?? "null";

    public override string ToString() => Name;

    private static string[] Distinct(string[] list)
    {
        List<string> kept = new(list.Length);
        foreach (string item in list)
        {
            if (!kept.Contains(item))
            {
                kept.Add(item);
            }
        }

        return [.. kept];
    }

    private object? Parse(string text)
    {
        // Defaults are ours: one that does not parse is a fault of a table. Rules are not asked, because some of
        // Kafka's defaults break their own rule until another key is set.
        Invariant.That(ConfigText.TryParse(Type, text, out object? value, out _));
        return value;
    }
}
