namespace Barnabas.Host;

/// <summary>What this binary is.</summary>
public static class BuildFacts
{
    public static string Version { get; } =
        typeof(BuildFacts).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>The release of Apache Kafka whose protocol, formats and configuration this version follows.</summary>
    public const string KafkaVersion = "4.4.0";
}
