namespace Barnabas.Configuration;

/// <summary>The vocabulary in which the key tables are written.</summary>
internal static class ConfigKeyRow
{
    public const ConfigType Bool = ConfigType.Boolean;
    public const ConfigType Text = ConfigType.String;
    public const ConfigType Int = ConfigType.Int;
    public const ConfigType Short = ConfigType.Short;
    public const ConfigType Long = ConfigType.Long;
    public const ConfigType Real = ConfigType.Double;
    public const ConfigType Names = ConfigType.List;
    public const ConfigType Class = ConfigType.Class;
    public const ConfigType Secret = ConfigType.Password;

    public const ConfigImportance High = ConfigImportance.High;
    public const ConfigImportance Medium = ConfigImportance.Medium;
    public const ConfigImportance Low = ConfigImportance.Low;

    public const DynamicMode Fixed = DynamicMode.ReadOnly;
    public const DynamicMode ClusterWide = DynamicMode.ClusterWide;
    public const DynamicMode PerBroker = DynamicMode.PerBroker;

    /// <summary>In the place of a default: the file must name the key.</summary>
    public const string Required = "\0required";

    public static ConfigRule NonEmpty { get; } = new NonEmptyRule();

    public static ConfigRule NotNull { get; } = new NotNullRule();

    public static ConfigRule Voters { get; } = new VotersRule();

    public static ConfigRule Endpoints { get; } = new EndpointsRule();

    public static ConfigRule ThrottledReplicas { get; } = new ThrottledReplicasRule();

    public static ConfigRule OffsetReset { get; } = new OffsetResetRule();

    public static ConfigRule AtLeast(decimal least) => new RangeRule(least);

    public static ConfigRule Between(decimal least, decimal most) => new RangeRule(least, most);

    public static ConfigRule BetweenOr(decimal least, decimal most, decimal or) => new RangeRule(least, most, or);

    public static ConfigRule OneOf(params string[] allowed) => new OneOfRule(ignoreCase: false, allowed);

    public static ConfigRule AnyCase(params string[] allowed) => new OneOfRule(ignoreCase: true, allowed);

    public static ConfigRule Set(bool emptyAllowed, params string[] allowed) => new ListRule(emptyAllowed, allowed);

    /// <summary>A key that something reads, and that therefore has a name and a type in C#.</summary>
    public static ConfigKey<T> Key<T>(
        string name,
        ConfigType type,
        string? defaultText,
        ConfigImportance importance,
        DynamicMode mode,
        string documentation,
        ConfigRule? rule = null,
        bool isInternal = false) =>
        new(Facts(name, type, defaultText, importance, mode, documentation, rule, isInternal, hasEffect: true));

    /// <summary>A key that nothing reads yet.</summary>
    public static ConfigKey Row(
        string name,
        ConfigType type,
        string? defaultText,
        ConfigImportance importance,
        DynamicMode mode,
        string documentation,
        ConfigRule? rule = null,
        bool isInternal = false) =>
        new ConfigKey<object?>(
            Facts(name, type, defaultText, importance, mode, documentation, rule, isInternal, hasEffect: false));

    private static ConfigKeyFacts Facts(
        string name,
        ConfigType type,
        string? defaultText,
        ConfigImportance importance,
        DynamicMode mode,
        string documentation,
        ConfigRule? rule,
        bool isInternal,
        bool hasEffect)
    {
        bool isRequired = defaultText == Required;
        return new ConfigKeyFacts(
            name,
            type,
            isRequired ? null : defaultText,
            rule,
            importance,
            mode,
            documentation,
            isRequired,
            isInternal,
            hasEffect);
    }
}
