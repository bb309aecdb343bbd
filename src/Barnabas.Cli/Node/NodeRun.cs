using System.CommandLine;
using Barnabas.Configuration;
using Barnabas.Host;
using Microsoft.Extensions.Logging;

namespace Barnabas.Cli;

/// <summary>
/// What <c>start</c> and <c>server-start</c> have in common: a checked configuration becomes a running process.
/// </summary>
internal static class NodeRun
{
    /// <summary>Says everything that is wrong with a configuration, one line each. Null if something is.</summary>
    public static NodeConfiguration? Accept(NodeConfigurationResult result, string source, TextWriter error)
    {
        foreach (ConfigProblem problem in result.Problems)
        {
            error.WriteLine($"error: {source}: {problem}");
        }

        return result.Configuration;
    }

    public static int Run(
        NodeConfiguration configuration,
        IReadOnlyList<ConfigProblem> notes,
        StreamLoggerFactory loggers,
        Action<INode>? whenReady = null)
    {
        ILogger log = loggers.CreateLogger("configuration");
        foreach (ConfigProblem note in notes)
        {
            NodeProcess.Note(log, note);
        }

        using MetricRegistry metrics = new();
        Node node = new(configuration, loggers, metrics);
        return new NodeProcess(configuration, loggers, metrics).Run(node, whenReady);
    }
}
