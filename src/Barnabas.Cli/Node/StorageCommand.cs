using System.CommandLine;
using Barnabas.Host;
using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Cli;

/// <summary><c>barnabas storage</c>: what Kafka calls kafka-storage.</summary>
internal static class StorageCommand
{
    public static Command Create()
    {
        Command command = new("storage", "Prepare and examine data directories.") { RandomUuid() };
        return command;
    }

    private static Command RandomUuid()
    {
        Command command = new("random-uuid", "Print a random id, for example for a new cluster.");
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(Uuid.Random(new SystemEntropy()));
            return ExitCodes.Success;
        });
        return command;
    }
}
