namespace Barnabas.Configuration;

/// <summary>How much a key matters to somebody who sets up a node.</summary>
public enum ConfigImportance
{
    High,
    Medium,
    Low,
}
