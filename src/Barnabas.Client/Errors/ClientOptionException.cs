namespace Barnabas.Client;

/// <summary>An option has a value it cannot have, or a property has a name that Kafka's clients do not know.</summary>
public sealed class ClientOptionException(string key, string? value, string message)
    : Exception($"{key}{(value is null ? "" : $"={value}")}: {message}")
{
    /// <summary>The property's name, such as <c>linger.ms</c>.</summary>
    public string Key { get; } = key;

    /// <summary>The value as it was given; null if the property is missing.</summary>
    public string? Value { get; } = value;
}
