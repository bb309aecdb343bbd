using System.CommandLine;
using System.Text.RegularExpressions;
using Barnabas.Client.Tests;

namespace Barnabas.Cli.Tests;

/// <summary>The options of Kafka's tools, as their help lists them.</summary>
[Trait("Category", "Peer")]
public sealed partial class OptionTests
{
    // Every tool's own version is that of `barnabas version`, and its help is in every command; the third does nothing
    // in Kafka either since 4.0; there is no remote storage whose metadata the last could read.
    private static readonly string[] Missing =
        ["--version", "--help", "--delete-config", "--remote-log-metadata-decoder"];

    public static TheoryData<string> Tools =>
    [
        "topics", "console-consumer", "console-producer", "dump-log", "storage_info", "storage_format",
        "storage_version-mapping", "storage_feature-dependencies", "storage_random-uuid",
    ];

    [PeerTheory]
    [MemberData(nameof(Tools))]
    public void Every_option_of_Kafkas_tool_is_there(string tool)
    {
        string help = Path.Combine(
            Path.GetDirectoryName(SharedFolder.Launcher)!, "..", "kafka-data", "cli-help", $"kafka-{tool}.txt");
        if (!File.Exists(help))
        {
            return;
        }

        Command command = tool.Split('_') switch
        {
            ["topics"] => TopicsCommand.Create(),
            ["console-consumer"] => ConsoleConsumerCommand.Create(),
            ["console-producer"] => ConsoleProducerCommand.Create(),
            ["dump-log"] => DumpLogCommand.Create(),
            [_, string name] => StorageCommand.Create().Subcommands.Single(known => known.Name == name),
            _ => throw new ArgumentOutOfRangeException(nameof(tool)),
        };
        IEnumerable<string> names = command.Options.SelectMany(static option => option.Aliases.Append(option.Name));
        IEnumerable<string> wanted = File.ReadLines(help)
            .Select(static line => OptionPattern().Match(line).Value.Trim())
            .Where(static name => name.Length > 0);
        Assert.Empty(wanted.Except(names).Except(Missing));
    }

    [GeneratedRegex(@"^ {0,2}--[a-z][a-z.-]+")]
    private static partial Regex OptionPattern();
}
