using System.Diagnostics.CodeAnalysis;

namespace Barnabas.Client;

/// <summary>Options of a <see cref="KafkaAdmin"/>.</summary>
public sealed record AdminOptions : ClientOptions
{
    /// <summary><c>default.api.timeout.ms</c>, default 1 min: one call with all its retries.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An options object with Kafka's defaults.</summary>
    public AdminOptions()
    {
    }

    [SetsRequiredMembers]
    private AdminOptions(ClientOptions common)
        : base(common)
    {
    }

    /// <summary>Reads Kafka's admin properties.</summary>
    /// <param name="properties">Names as in Kafka's documentation, values as text.</param>
    /// <param name="withoutEffect">Names that Kafka knows and this client ignores, to be told to the user.</param>
    /// <exception cref="ClientOptionException">An unknown name or an impossible value.</exception>
    public static AdminOptions FromProperties(
        IReadOnlyDictionary<string, string> properties, out IReadOnlyList<string> withoutEffect)
    {
        OptionReader reader = new(properties);
        ClientOptions common = FromReader(reader);
        AdminOptions options = new(common)
        {
            BootstrapServers = common.BootstrapServers,
            CallTimeout = reader.Milliseconds("default.api.timeout.ms", TimeSpan.FromMinutes(1)),
        };
        withoutEffect = reader.Complete();
        return options;
    }
}
