using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>What happened to the connections of a node and to their requests.</summary>
public sealed class ConnectionCounters(TimeProvider time)
{
    private readonly RequestCounters?[] _byKey = new RequestCounters?[128];

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

    /// <summary>Of each kind that was asked for since the start.</summary>
    public IEnumerable<RequestCounters> Requests => _byKey.OfType<RequestCounters>();

    /// <summary>The moment itself: what a reactor calls now is the beginning of its turn.</summary>
    internal MonotonicTime Now => time.Monotonic;

    internal RequestCounters Of(ApiKeyFacts api)
    {
        ref RequestCounters? found = ref _byKey[(int)api.Key];
        return Volatile.Read(ref found) ?? Interlocked.CompareExchange(ref found, new(api), null) ?? found!;
    }
}
