using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>What happened to the connections of a node.</summary>
public sealed class ConnectionCounters
{
    public Counter Accepted { get; } = new();

    /// <summary>Turned away by <c>max.connections</c> or <c>max.connections.per.ip</c>.</summary>
    public Counter Refused { get; } = new();

    public Counter Closed { get; } = new();

    /// <summary>Closed by <c>connections.max.idle.ms</c>.</summary>
    public Counter IdleClosed { get; } = new();

    /// <summary>Closed because of bytes that are no request.</summary>
    public Counter BadFrames { get; } = new();

    /// <summary>Closed because the memory for requests that have arrived in part was used up.</summary>
    public Counter OutOfMemory { get; } = new();

    public Counter Requests { get; } = new();
}
