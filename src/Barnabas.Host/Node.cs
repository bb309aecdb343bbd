using System.Globalization;
using System.Net;
using Barnabas.Broker;
using Barnabas.Configuration;
using Barnabas.Platform;
using Barnabas.Storage;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>
/// A node over the real seams: the one place that news up clock, disk, network and scheduler and hands them to the
/// broker. From the main thread; <see cref="State"/> from any.
/// </summary>
public sealed class Node(NodeConfiguration configuration, ILoggerFactory loggers, MetricRegistry metrics) : INode
{
    /// <summary>Reactors that are worth having without being asked: beyond it they only share the same locks.</summary>
    private const int ReactorsDefaultMax = 8;

    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _log = loggers.CreateLogger("node");
    private PlatformSeams? _seams;
    private BrokerNode? _broker;
    private int _state;

    public NodeState State => (NodeState)Volatile.Read(ref _state);

    public IReadOnlyList<string> Endpoints { get; private set; } = [];

    public Task<string> Failed => _failed.Task;

    public bool Open(Task stop)
    {
        Volatile.Write(ref _state, (int)NodeState.Opening);
        Log.Opening(_log, string.Join(", ", configuration.LogDirectories));
        ProcessMetrics.AddTo(metrics);
        int reactors = configuration.Network.ReactorThreads;
        TransportOptions transport = new()
        {
            Reactors = reactors > 0 ? reactors : Math.Min(Environment.ProcessorCount, ReactorsDefaultMax),
            OnFault = (name, failure) => Log.MailboxFault(_log, name, failure),
        };
        ProcessMetrics.AddReactors(metrics, transport);
        _seams = PlatformSeams.Create(transport);
        _broker = new BrokerNode(configuration, _seams.Seams, NativeCodecs.Create(), new BrokerLog(loggers));
        BrokerMetrics.AddTo(metrics, _broker);
        StateMetrics.AddTo(metrics, _broker, () => State);
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _broker.Open(ready.SetResult, reason => _failed.TrySetResult(reason));
        }
        catch (LogDirectoryException failure)
        {
            throw new NodeOpenException(failure.Message, failure);
        }

        // A full disk or a long recovery may keep it here for any time.
        Task.WaitAny(ready.Task, _failed.Task, stop);
        if (_failed.Task.IsCompleted)
        {
            throw new NodeOpenException(_failed.Task.Result);
        }

        if (!ready.Task.IsCompleted)
        {
            return false;
        }

        Endpoints = [.. _broker.Endpoints.Select(static open => Format(open.Listener, open.Address))];
        Volatile.Write(ref _state, (int)NodeState.Ready);
        return true;
    }

    public void Close(TimeSpan patience)
    {
        Volatile.Write(ref _state, (int)NodeState.Closing);
        if (_broker is not null && patience > TimeSpan.Zero)
        {
            TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _broker.Close(() => closed.TrySetResult());
            if (!closed.Task.Wait(patience))
            {
                // The threads end with the process: to wait for the one that is busy has no end either.
                Log.CloseTookTooLong(_log, patience.TotalSeconds);
                Volatile.Write(ref _state, (int)NodeState.Closed);
                return;
            }
        }

        _seams?.Dispose();
        Volatile.Write(ref _state, (int)NodeState.Closed);
    }

    private static string Format(string listener, IPEndPoint address) =>
        string.Create(CultureInfo.InvariantCulture, $"{listener}://{address}");
}
