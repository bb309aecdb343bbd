using Barnabas.Configuration;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>
/// A node over the real seams: the one place that news up clock, disk, network and scheduler and hands them to the
/// broker. From the main thread; <see cref="State"/> from any.
/// </summary>
public sealed class Node(NodeConfiguration configuration, ILoggerFactory loggers, MetricRegistry metrics) : INode
{
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _log = loggers.CreateLogger("node");
    private int _state;

    public NodeState State => (NodeState)Volatile.Read(ref _state);

    public IReadOnlyList<string> Endpoints { get; private set; } = [];

    public Task<string> Failed => _failed.Task;

    public void Open()
    {
        Volatile.Write(ref _state, (int)NodeState.Opening);
        Log.Opening(_log, string.Join(", ", configuration.LogDirectories));
        ProcessMetrics.AddTo(metrics);
        throw new NodeOpenException("this build holds no broker yet");
    }

    public void Close(TimeSpan patience)
    {
        Volatile.Write(ref _state, (int)NodeState.Closed);
    }
}
