namespace Barnabas.Configuration;

/// <summary>What happens to old segments of a topic. Nothing, if no flag is set.</summary>
[Flags]
public enum CleanupPolicies
{
    None = 0,
    Delete = 1,
    Compact = 2,
}
