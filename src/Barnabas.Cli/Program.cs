using System.CommandLine;

namespace Barnabas.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        RootCommand root = new("Barnabas: an event streaming platform that speaks Apache Kafka's protocol.")
        {
            StartCommand.Create(),
            ServerStartCommand.Create(),
            StorageCommand.Create(),
            TopicsCommand.Create(),
            ConsoleProducerCommand.Create(),
            ConsoleConsumerCommand.Create(),
            DumpLogCommand.Create(),
            VersionCommand.Create(),
        };
        ParseResult parsed = root.Parse(args);
        return CommandRunner.RefuseAsJson(parsed) ?? parsed.Invoke();
    }
}
