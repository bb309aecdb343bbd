using System.CommandLine;
using System.Globalization;
using System.Text;
using Barnabas.Broker;
using Barnabas.Configuration;
using Barnabas.Host;
using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Storage;

namespace Barnabas.Cli;

/// <summary>
/// <c>barnabas start</c>: a single node without a configuration. It is <c>server-start</c> with a configuration that is
/// written here and can be shown with <c>--print-config</c>, so there is no second way to run a node.
/// </summary>
internal static class StartCommand
{
    private const int DefaultPort = 9092;

    public static Command Create()
    {
        Option<string> data = new("--data")
        {
            Description = "The directory of the data; formatted if it is new.",
            DefaultValueFactory = _ => "./barnabas-data",
        };
        Option<int> port = new("--port")
        {
            Description = "The port for clients. The next one belongs to the controller.",
            DefaultValueFactory = _ => DefaultPort,
        };
        Option<string> host = new("--host")
        {
            Description = "The address to listen on and to tell clients. There is no authentication yet: do not open "
                + "it to "
                + "a network you do not trust.",
            DefaultValueFactory = _ => "localhost",
        };
        Option<bool> print = new("--print-config") { Description = "Print the configuration and do not start." };
        NodeOptions options = new();
        Command command = new("start", "Run a single node without a configuration file.") { data, port, host, print };
        port.Validators.Add(result =>
        {
            if (result.GetValue(port) is < 1 or > ushort.MaxValue - 1)
            {
                result.AddError($"--port must lie between 1 and {ushort.MaxValue - 1}");
            }
        });
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            string text = Properties(
                parsed.GetRequiredValue(data),
                parsed.GetRequiredValue(host),
                parsed.GetValue(port));
            if (parsed.GetValue(print))
            {
                parsed.InvocationConfiguration.Output.Write(text);
                return ExitCodes.Success;
            }

            NodeConfigurationResult result =
                NodeConfiguration.Parse(PropertiesFile.Parse(text), options.OverridesOf(parsed));
            if (NodeRun.Accept(result, "start", parsed.InvocationConfiguration.Error) is not { } configuration)
            {
                return ExitCodes.Usage;
            }

            if (!TryFormat(configuration, parsed.InvocationConfiguration))
            {
                return ExitCodes.Failure;
            }

            using StreamLoggerFactory loggers = options.CreateLoggers(parsed);
            return NodeRun.Run(
                configuration,
                result.Notes,
                loggers,
                _ => PrintWelcome(parsed.InvocationConfiguration.Output, configuration));
        });
        return command;
    }

    /// <summary>The configuration of a single node: what Kafka needs several brokers for is set to one.</summary>
    internal static string Properties(string data, string host, int port)
    {
        string bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"""
            process.roles=broker,controller
            node.id=1
            listeners=PLAINTEXT://{bracketed}:{port},CONTROLLER://localhost:{port + 1}
            controller.listener.names=CONTROLLER
            controller.quorum.bootstrap.servers=localhost:{port + 1}
            log.dirs={Escape(Path.GetFullPath(data))}
            offsets.topic.replication.factor=1
            group.initial.rebalance.delay.ms=0
            barnabas.metrics.listener=127.0.0.1:9404

            """);
        return text.ToString();
    }

    /// <summary>A new directory becomes a cluster of its own with this node as its only voter.</summary>
    private static bool TryFormat(NodeConfiguration configuration, InvocationConfiguration invocation)
    {
        try
        {
            string directory = Path.GetFullPath(configuration.LogDirectories[0]);
            if (LogDirectories.ReadMeta(new LinuxDisk(), directory) is null)
            {
                StorageCommand.Format(
                    configuration,
                    Uuid.Random(new SystemEntropy()).ToString(),
                    StorageCommand.Alone(configuration),
                    static options => options,
                    TextWriter.Null);
            }

            return true;
        }
        catch (Exception failure) when (
            failure is StorageFormatException or CheckpointFormatException or DiskException)
        {
            invocation.Error.WriteLine($"error: {failure.Message}");
            return false;
        }
    }

    /// <summary>A path may hold what means something in a properties file.</summary>
    private static string Escape(string path)
    {
        StringBuilder escaped = new(path.Length);
        foreach (char sign in path)
        {
            _ = sign == '\\' ? escaped.Append(@"\\")
                : char.IsAscii(sign) ? escaped.Append(sign)
                : escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)sign:X4}");
        }

        return escaped.ToString();
    }

    /// <summary>What was typed to get here works again; <c>barnabas</c> alone only if it is on the path.</summary>
    internal static string Called(string program)
    {
        // Without a native binary this is the library, and what starts it stands beside it.
        const string Library = ".dll";
        string called = program.EndsWith(Library, StringComparison.Ordinal) ? program[..^Library.Length] : program;
        return called.Contains(' ', StringComparison.Ordinal) ? $"'{called}'" : called;
    }

    private static void PrintWelcome(TextWriter output, NodeConfiguration configuration)
    {
        ListenerEndpoint listener = configuration.AdvertisedListeners[0];
        string address = new HostAndPort(listener.Host ?? "localhost", listener.Port).ToString();
        string barnabas = Called(Environment.GetCommandLineArgs()[0]);
        output.WriteLine($"""

            Barnabas is ready at {address}. Data: {configuration.LogDirectories[0]}. Ctrl+C ends it.

              {barnabas} topics --bootstrap-server {address} --create --topic hello --partitions 3
              {barnabas} console-producer --bootstrap-server {address} --topic hello
              {barnabas} console-consumer --bootstrap-server {address} --topic hello --from-beginning
              kcat -b {address} -L

            """);
        output.Flush();
    }
}
