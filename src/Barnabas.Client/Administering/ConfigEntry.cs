namespace Barnabas.Client;

/// <summary>A config with its value.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Value">Null if it is not set or sensitive.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="IsReadOnly">Cannot be altered while the broker runs.</param>
/// <param name="IsSensitive">A secret; brokers do not tell it.</param>
public sealed record ConfigEntry(string Name, string? Value, ConfigSource Source, bool IsReadOnly, bool IsSensitive);
