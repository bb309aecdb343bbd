using System.Text.RegularExpressions;
using Barnabas.Client.Tests;

namespace Barnabas.Cli.Tests;

/// <summary>Our <c>topics</c> beside <c>kafka-topics</c> on the same node.</summary>
/// <remarks>
/// Told apart with a reason: errors go to standard error, not among the results; topics and configs come in the order
/// of their names, not in that of a hash map; a topic that is asked for by its id is described as fully as by its name;
/// a refused config is told with what is allowed.
/// </remarks>
[Trait("Category", "Peer")]
public sealed partial class TopicsDifferenceTests(TwinTools tools) : IClassFixture<TwinTools>
{
    [PeerFact]
    public void Topics_are_listed_and_described_alike()
    {
        Assert.Equal(0, tools.Ours("topics", "", "--create", "--topic", "two", "--partitions", "2").ExitCode);
        Assert.Equal(0, tools.Ours(
            "topics", "", "--create", "--topic", "set", "--config", "cleanup.policy=compact,delete",
            "--config", "min.insync.replicas=2").ExitCode);
        tools.Ours("console-producer", "a\n", "--topic", "two");
        tools.Ours(
            "console-consumer", "", "--topic", "two", "--group", "g", "--max-messages", "1", "--from-beginning");
        string described = tools.Ours("topics", "", "--describe", "--topic", "two").Output;
        string id = IdPattern().Match(described).Groups[1].Value;
        Differences differences = new();
        foreach (string line in (string[])
            [
                "--list",
                "--list --exclude-internal",
                "--list --topic t.*",
                "--list --topic none",
                "--describe",
                "--describe --exclude-internal",
                "--describe --topic two,set",
                "--describe --topic two --partition-size-limit-per-response 1",
                "--describe --topics-with-overrides",
                "--describe --under-replicated-partitions",
                "--describe --under-min-isr-partitions",
                "--describe --at-min-isr-partitions",
                "--describe --unavailable-partitions",
                "--describe --topic none --if-exists",
                "--describe --topic none",
                "--describe --topic two --topic-id AAAAAAAAAAAAAAAAAAAAAA",
                $"--describe --topic none --topic-id {id}",
                "--describe --topic-id MkU3OEVBNTcwNTJENDM2Qg",
            ])
        {
            Compare(differences, line, line);
        }

        differences.AssertNone();
    }

    [PeerFact]
    public void Topics_are_created_altered_and_deleted_alike()
    {
        Differences differences = new();
        foreach (string line in (string[])
            [
                "--create --topic {0}",
                "--create --topic {0}",
                "--create --topic {0} --if-not-exists",
                "--create --topic {0}.dot_ted --partitions 2 --config retention.ms=5",
                "--create --topic {0}a --replica-assignment 1,1,1",
                "--create --topic {0}b --replica-assignment 1:1",
                "--create --topic {0}b --replica-assignment 1,1:2",
                "--create --topic {0}b --replica-assignment 9",
                "--create --topic {0}b --partitions 0",
                "--create --topic {0}b --partitions -1",
                "--create --topic {0}b --replication-factor 0",
                "--create --topic {0}b --replication-factor 2",
                "--create --topic {0}b --config nonsense=1",
                "--create --topic {0}b --config retention.ms=x",
                "--create --topic {0}b --config segment.bytes=1",
                "--create --topic in:valid",
                "--create --topic .",
                "--alter --topic {0} --partitions 3",
                "--alter --topic {0} --partitions 3",
                "--alter --topic {0} --partitions 2",
                "--alter --topic {0} --partitions 5 --replica-assignment 1,1,1,1,1",
                "--alter --topic {0} --partitions 6 --replica-assignment 1,1,1,1,1,9",
                "--alter --topic {0}none --partitions 3",
                "--alter --topic {0}none --partitions 3 --if-exists",
                "--describe --topic {0}.*",
                "--delete --topic {0}none",
                "--delete --topic {0}none --if-exists",
                "--delete --topic {0}.*",
                "--list --topic {0}.*",
            ])
        {
            Compare(differences, line.Replace("{0}", "mine"), line.Replace("{0}", "peer"));
        }

        differences.AssertNone();
    }

    private void Compare(Differences differences, string ours, string theirs)
    {
        ToolResult own = tools.Ours("topics", "", ours.Split(' '));
        ToolResult kafka = tools.Theirs("topics", "", theirs.Split(' '));
        differences.Compare(
            theirs,
            (kafka.ExitCode, Canonical(kafka.Output).Replace("Elr: N/A", "Elr: ")),
            (own.ExitCode, Canonical(own.Output + own.Error)));
    }

    private static string Canonical(string output)
    {
        IEnumerable<string> lines = output.Split('\n')
            .Select(static line => line.Replace("Error while executing topic command : ", "Error: "))
            .Select(static line => AllowedPattern().Replace(line, ""))
            .Select(static line => IdPattern().Replace(line.Replace("mine", "peer"), "id"))
            .Select(static line => ConfigsPattern().Replace(line, static match =>
                string.Join(',', match.Value.Split(',').Order(StringComparer.Ordinal))));
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"(, allowed: \[.*\]| \(-\d+ to \d+\))$")]
    private static partial Regex AllowedPattern();

    [GeneratedRegex("TopicId: (\\S+)")]
    private static partial Regex IdPattern();

    [GeneratedRegex("(?<=Configs: ).*")]
    private static partial Regex ConfigsPattern();
}
