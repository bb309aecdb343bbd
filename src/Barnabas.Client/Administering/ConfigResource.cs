namespace Barnabas.Client;

/// <summary>Something that has configs.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Name">A topic's name, a broker's id; empty for the default of all brokers.</param>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name);
