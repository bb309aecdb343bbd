namespace Barnabas.Host;

/// <summary>How a log line looks.</summary>
public enum LogFormat
{
    /// <summary>One line for people: time, level, category, message.</summary>
    Text,

    /// <summary>One JSON object per line for machines.</summary>
    Json,
}
