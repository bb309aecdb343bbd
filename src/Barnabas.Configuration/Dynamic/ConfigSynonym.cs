namespace Barnabas.Configuration;

/// <summary>One of the places a value could come from. The value is null if it must not be shown.</summary>
public readonly record struct ConfigSynonym(string Name, string? Value, ConfigSource Source);
