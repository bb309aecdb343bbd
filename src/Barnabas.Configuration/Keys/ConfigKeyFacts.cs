namespace Barnabas.Configuration;

/// <summary>A row of a key table.</summary>
internal sealed record ConfigKeyFacts(
    string Name,
    ConfigType Type,
    string? Default,
    ConfigRule? Rule,
    ConfigImportance Importance,
    DynamicMode Mode,
    string Documentation,
    bool IsRequired,
    bool IsInternal,
    bool HasEffect);
