namespace Barnabas.Cli;

/// <summary>How a command prints what it found.</summary>
internal enum OutputFormat
{
    /// <summary>As Kafka's tools do.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,
}
