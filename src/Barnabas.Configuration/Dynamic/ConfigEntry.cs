namespace Barnabas.Configuration;

/// <summary>A configuration value as DescribeConfigs tells it.</summary>
/// <param name="Type">Null if no table knows the key: such a value counts as sensitive.</param>
/// <param name="Synonyms">All places the value could come from, the one that counts first; see KIP-226.</param>
public sealed record ConfigEntry(
    string Name,
    string? Value,
    ConfigSource Source,
    ConfigType? Type,
    bool IsReadOnly,
    bool IsSensitive,
    string? Documentation,
    IReadOnlyList<ConfigSynonym> Synonyms);
