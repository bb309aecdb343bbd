using System.Diagnostics;
using System.Runtime.InteropServices;
using Barnabas.Configuration;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>
/// Runs a node for the life of the process: opens it, serves metrics once it is ready, waits for a signal or for the
/// node to give up, and closes it. Returns the exit code.
/// </summary>
public sealed class NodeProcess(NodeConfiguration configuration, ILoggerFactory loggers, MetricRegistry metrics)
{
    /// <summary>
    /// How long an orderly end may take. Kafka waits as long for a controlled shutdown; who cannot wait sends a second
    /// signal.
    /// </summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(30);

    private readonly ILogger _log = loggers.CreateLogger("host");

    /// <summary>Writes what the operator should know of the configuration.</summary>
    public static void Note(ILogger log, ConfigProblem note) => Log.ConfigurationNote(log, note.ToString());

    /// <param name="node">Opened and closed here.</param>
    /// <param name="whenReady">Called once when clients are served: prints how to talk to the node.</param>
    public int Run(INode node, Action<INode>? whenReady = null)
    {
        using StopSignals signals = new(code => Environment.Exit(code));
        return Run(node, signals, whenReady);
    }

    internal int Run(INode node, StopSignals signals, Action<INode>? whenReady)
    {
        Announce();
        long began = Stopwatch.GetTimestamp();
        try
        {
            if (!node.Open(signals.Asked))
            {
                return Close(node, signals);
            }
        }
        catch (Exception exception) when (exception is NodeOpenException or DiskException or NetworkException)
        {
            Log.CannotOpen(_log, exception.Message);
            node.Close(TimeSpan.Zero);
            return ExitCodes.Failure;
        }

        double took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        foreach (string endpoint in node.Endpoints)
        {
            Log.Listening(_log, endpoint);
        }

        Log.Ready(_log, configuration.NodeId, took);
        whenReady?.Invoke(node);

        using MetricsServer? server = StartMetrics(node);
        Task.WaitAny(signals.Asked, node.Failed);
        return Close(node, signals);
    }

    private int Close(INode node, StopSignals signals)
    {
        int code = ExitCodes.Success;
        if (signals.Asked.IsCompleted)
        {
            Log.StopAsked(_log, signals.Asked.Result.ToString());
        }
        else
        {
            Log.GaveUp(_log, node.Failed.Result);
            code = ExitCodes.Failure;
        }

        node.Close(ClosePatience);
        Log.Closed(_log);
        return code;
    }

    private void Announce()
    {
        Log.Starting(
            _log,
            BuildFacts.Version,
            configuration.NodeId,
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.OSDescription);
        if (configuration.KeysWithoutEffect is { Count: > 0 } keys)
        {
            Log.KeysWithoutEffect(_log, string.Join(", ", keys));
        }
    }

    private MetricsServer? StartMetrics(INode node)
    {
        if (configuration.MetricsListener is not { } endpoint)
        {
            return null;
        }

        try
        {
            MetricsServer server = MetricsServer.Start(endpoint, metrics, node, loggers);
            Log.MetricsServed(_log, endpoint.ToString());
            return server;
        }
        catch (Exception exception) when (exception is IOException or NetworkException)
        {
            // A node that cannot show its metrics still serves its clients.
            Log.MetricsUnavailable(_log, endpoint.ToString(), exception.Message);
            return null;
        }
    }
}
