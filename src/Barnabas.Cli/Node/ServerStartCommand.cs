using System.CommandLine;
using Barnabas.Configuration;
using Barnabas.Host;

namespace Barnabas.Cli;

/// <summary><c>barnabas server-start server.properties</c>: what Kafka calls kafka-server-start.</summary>
internal static class ServerStartCommand
{
    public static Command Create()
    {
        Argument<FileInfo> file = new("server.properties") { Description = "The configuration, in Kafka's format." };
        NodeOptions options = new();
        Command command = new("server-start", "Run a node with a configuration file.") { file };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            FileInfo path = parsed.GetRequiredValue(file);
            if (PropertiesReader.TryRead(path, error) is not { } properties)
            {
                return ExitCodes.Usage;
            }

            NodeConfigurationResult result = NodeConfiguration.Parse(properties, options.OverridesOf(parsed));
            if (NodeRun.Accept(result, path.ToString(), error) is not { } configuration)
            {
                return ExitCodes.Usage;
            }

            using StreamLoggerFactory loggers = options.CreateLoggers(parsed);
            return NodeRun.Run(configuration, result.Notes, loggers);
        });
        return command;
    }
}
