using System.Text.RegularExpressions;
using Barnabas.Client.Tests;

namespace Barnabas.Cli.Tests;

/// <summary>Our <c>storage</c> beside <c>kafka-storage</c>.</summary>
[Trait("Category", "Peer")]
public sealed partial class StorageDifferenceTests(KafkaTools kafka) : IClassFixture<KafkaTools>
{
    private const string Cluster = "MkU3OEVBNTcwNTJENDM2Qg";

    [PeerFact]
    public void Directories_are_formatted_and_told_alike()
    {
        Differences differences = new();
        foreach (string properties in (string[])
            [
                "controller.quorum.voters=1@localhost:9093", "controller.quorum.bootstrap.servers=localhost:9093",
            ])
        {
            List<(string Line, (int, string) Told)> ours =
                Run(properties, static arguments => OwnTool.Run("", ["storage", .. arguments]));
            List<(string Line, (int, string) Told)> theirs =
                Run(properties, arguments => kafka.Run("kafka.tools.StorageTool", "", arguments));
            for (int i = 0; i < ours.Count; i++)
            {
                differences.Compare($"{properties} {ours[i].Line}", theirs[i].Told, ours[i].Told);
            }
        }

        differences.AssertNone();
    }

    private static List<(string Line, (int, string) Told)> Run(string properties, Func<string[], ToolResult> tool)
    {
        string directory = Directory.CreateTempSubdirectory("barnabas-storage-").FullName;
        string config = Path.Combine(directory, "node");
        File.WriteAllText(config, $"""
            process.roles=broker,controller
            node.id=1
            {properties}
            listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
            controller.listener.names=CONTROLLER
            log.dirs={directory}/b,{directory}/a
            """);
        List<(string Line, (int, string) Told)> told = [];
        foreach (string line in (string[])
            [
                "info -c {0}",
                $"format -c {{0}} -t {Cluster} --standalone --release-version 4.1",
                $"format -c {{0}} -t {Cluster} --feature nonsense=1",
                $"format -c {{0}} -t {Cluster} --release-version 4.1",
                $"format -c {{0}} -t {Cluster} --no-initial-controllers --release-version 4.1",
                $"format -c {{0}} -t {Cluster} --release-version 4.1 --ignore-formatted",
                $"format -c {{0}} -t {Cluster} --no-initial-controllers --release-version 4.1 --ignore-formatted",
                "format -c {0} -t bad --no-initial-controllers --release-version 4.1 --ignore-formatted",
                "info -c {0}",
                "version-mapping --release-version 4.1",
                "feature-dependencies --feature metadata.version=27",
                "feature-dependencies --feature group.version=1",
                "feature-dependencies --feature group.version=9",
                "feature-dependencies --feature nonsense=1",
                "feature-dependencies --feature group.version",
            ])
        {
            ToolResult result = tool(string.Format(null, line, config).Split(' '));
            string output = (result.Output + result.Error).Replace(directory, "DIR").Replace("error: ", "");
            string[] lines = UntoldPattern().Replace(output, "").Split('\n');
            told.Add((line, (result.ExitCode, string.Join('\n', lines.Order(StringComparer.Ordinal)))));
        }

        ToolResult drawn = tool(["random-uuid"]);
        Assert.Matches("^[A-Za-z0-9_-]{22}\n$", drawn.Output);
        Directory.Delete(directory, recursive: true);
        return told;
    }

    // Ids that are drawn, which directory comes first in a hash map, and of Kafka's what its language prints: records
    // as objects, and where an exception came from.
    [GeneratedRegex("(?<=directory.id=)[A-Za-z0-9_-]{22}|(?<=directory )DIR/[ab](?= is already)"
        + "|Bootstrap metadata: .*|java.lang.RuntimeException: |\\tat .*\n")]
    private static partial Regex UntoldPattern();
}
