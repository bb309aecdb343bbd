using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Barnabas.Configuration;
using Microsoft.Extensions.Logging;

namespace Barnabas.Host;

/// <summary>
/// Runs a node for the life of the process: serves its health and metrics, opens it, waits for a signal or for the node
/// to give up, and closes it, whatever happened before. Returns the exit code.
/// </summary>
public sealed class NodeProcess(NodeConfiguration configuration, ILoggerFactory loggers, MetricRegistry metrics)
{
    /// <summary>
    /// How long an orderly end may take. Kafka waits as long for a controlled shutdown; who cannot wait presses Ctrl+C
    /// twice.
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
        // Before the node opens: a recovery may take long, and whoever watches must see that the process lives.
        using MetricsServer? server = StartMetrics(node);
        try
        {
            return OpenAndWait(node, signals, whenReady);
        }
        catch (Exception exception) when (exception is NodeOpenException or DiskException or NetworkException)
        {
            Log.CannotOpen(_log, exception.Message);
            return ExitCodes.Failure;
        }
        finally
        {
            // In order also if it did not open: the next start would recover what it had taken by then.
            node.Close(ClosePatience);
            Log.Closed(_log);
        }
    }

    private int OpenAndWait(INode node, StopSignals signals, Action<INode>? whenReady)
    {
        long began = Stopwatch.GetTimestamp();
        if (node.Open(signals.Asked))
        {
            foreach (string endpoint in node.Endpoints)
            {
                Log.Listening(_log, endpoint);
            }

            Log.Ready(_log, configuration.NodeId, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            whenReady?.Invoke(node);
        }

        if (Task.WaitAny(signals.Asked, node.Failed) == 0)
        {
            Log.StopAsked(_log, signals.Asked.Result.ToString());
            return ExitCodes.Success;
        }

        Log.GaveUp(_log, node.Failed.Result);
        return ExitCodes.Failure;
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
        catch (Exception exception) when (exception is IOException or SocketException or NetworkException)
        {
            // A node that cannot show its metrics still serves its clients. A taken port is the one, an address that is
            // not this machine's or a port that needs rights the other exception.
            Log.MetricsUnavailable(_log, endpoint.ToString(), exception.Message);
            return null;
        }
    }
}
