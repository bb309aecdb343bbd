namespace Barnabas.Client;

/// <summary>A change of one config (KIP-339).</summary>
/// <param name="Name">Its key.</param>
/// <param name="Operation">What to do with it.</param>
/// <param name="Value">Null with <see cref="ConfigOperation.Delete"/>.</param>
public readonly record struct ConfigAlteration(string Name, ConfigOperation Operation, string? Value);
