using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Barnabas.Host;

namespace Barnabas.Cli;

/// <summary><c>barnabas version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        Option<bool> brief = new("--short") { Description = "Print the number alone." };
        Command command = new("version", "Print the version of this binary.") { brief };
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            output.WriteLine(parsed.GetValue(brief) ? BuildFacts.Version : Describe());
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Describe()
    {
        string native = RuntimeFeature.IsDynamicCodeSupported ? "" : ", native";
        return $"barnabas {BuildFacts.Version} (Kafka {BuildFacts.KafkaVersion}, "
            + $"{RuntimeInformation.FrameworkDescription}{native}, {RuntimeInformation.RuntimeIdentifier})";
    }
}
