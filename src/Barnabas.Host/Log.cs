using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>All that this room says. Numbers are stable: tools may look for them.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Barnabas {Version} starting as node {NodeId} on {Runtime}, {System}")]
    public static partial void Starting(ILogger log, string version, int nodeId, string runtime, string system);

    [LoggerMessage(2, LogLevel.Warning, "Known keys without effect in this version: {Keys}")]
    public static partial void KeysWithoutEffect(ILogger log, string keys);

    [LoggerMessage(3, LogLevel.Information, "Listening on {Endpoint}")]
    public static partial void Listening(ILogger log, string endpoint);

    [LoggerMessage(4, LogLevel.Information, "Node {NodeId} is ready after {Milliseconds:F1} ms")]
    public static partial void Ready(ILogger log, int nodeId, double milliseconds);

    [LoggerMessage(5, LogLevel.Error, "Cannot start: {Reason}")]
    public static partial void CannotOpen(ILogger log, string reason);

    [LoggerMessage(6, LogLevel.Information, "Stopping on {Signal}; a second signal ends at once")]
    public static partial void StopAsked(ILogger log, string signal);

    [LoggerMessage(7, LogLevel.Critical, "Stopping because the node cannot go on: {Reason}")]
    public static partial void GaveUp(ILogger log, string reason);

    [LoggerMessage(8, LogLevel.Information, "Stopped")]
    public static partial void Closed(ILogger log);

    [LoggerMessage(9, LogLevel.Information, "Metrics, health and readiness at http://{Endpoint}/metrics")]
    public static partial void MetricsServed(ILogger log, string endpoint);

    [LoggerMessage(10, LogLevel.Warning, "No metrics at {Endpoint}: {Reason}")]
    public static partial void MetricsUnavailable(ILogger log, string endpoint, string reason);

    [LoggerMessage(11, LogLevel.Warning, "Configuration: {Note}")]
    public static partial void ConfigurationNote(ILogger log, string note);

    [LoggerMessage(12, LogLevel.Information, "Opening data directories {Directories}")]
    public static partial void Opening(ILogger log, string directories);
}
