using Barnabas.Client.Tests;

namespace Barnabas.Cli.Tests;

/// <summary>Our console producer and consumer beside Kafka's, on the same node.</summary>
[Trait("Category", "Peer")]
public sealed class ConsoleDifferenceTests(TwinTools tools) : IClassFixture<TwinTools>
{
    private const string Lines = "h1:v1,h2:N|k1=v1\n|k2=v2\nh:x|N=N\nh:|=\nh:1,|k==v\nN|k3=v3\n";

    [PeerFact]
    public void Lines_become_the_same_records()
    {
        int number = 0;
        Differences differences = new();
        foreach ((string input, string options) in ((string, string)[])
            [
                ("a\nb\r\n\nlast", ""),
                ("a\tb\nc\t\n\td\n", "parse.key=true"),
                ("a=b\nc\n", "parse.key=true key.separator== ignore.error=true"),
                ("a:1,b:2\tk\tv\n", "parse.key=true parse.headers=true"),
                (Lines.Replace("\n|k2", "\nx:y|k2"),
                    "parse.key=true parse.headers=true headers.delimiter=| key.separator== null.marker=N"),
                ("a~1;b~2_v\n", "parse.headers=true headers.delimiter=_ headers.separator=; headers.key.separator=~"),
                ("no header\n:e\tx\n", "parse.headers=true ignore.error=true"),
                ("äö€\t\U0001F600\n", "parse.key=true"),
            ])
        {
            string topic = $"lines{++number}";
            List<string> arguments = [];
            foreach (string property in options.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                arguments.AddRange("--reader-property", property);
            }

            Create(topic + "o");
            Create(topic + "k");
            ToolResult own = tools.Ours("console-producer", input, [.. arguments, "--topic", topic + "o"]);
            ToolResult kafka = tools.Theirs("console-producer", input, [.. arguments, "--topic", topic + "k"]);
            differences.Compare(
                $"{options}: {input}", (kafka.ExitCode, Read(topic + "k")), (own.ExitCode, Read(topic + "o")));
        }

        differences.AssertNone();
    }

    [PeerFact]
    public void Lines_that_do_not_parse_end_both()
    {
        Create("wrong");
        Differences differences = new();
        foreach ((string input, string property) in ((string, string)[])
            [
                ("no key\n", "parse.key=true"),
                ("no header\n", "parse.headers=true"),
                ("headeronly\tv\n", "parse.headers=true"),
                ("\tv\n", "parse.headers=true"),
                ("a\tb\n", "headers.separator=:"),
                ("a\tb\n", "null.marker=\t"),
            ])
        {
            string[] arguments = ["--topic", "wrong", "--reader-property", property];
            differences.Compare(
                $"{property}: {input}",
                (tools.Theirs("console-producer", input, arguments).ExitCode, ""),
                (tools.Ours("console-producer", input, arguments).ExitCode, ""));
        }

        differences.AssertNone();
    }

    [PeerFact]
    public void Records_are_printed_alike()
    {
        Create("printed");
        Differences differences = new();
        tools.Ours(
            "console-producer", Lines.Replace("\n|k2", "\nx:y|k2"),
            [
                "--topic", "printed", "--reader-property", "parse.key=true", "--reader-property", "parse.headers=true",
                "--reader-property", "headers.delimiter=|", "--reader-property", "key.separator==",
                "--reader-property", "null.marker=N",
            ]);
        const string Strings = "org.apache.kafka.common.serialization.StringDeserializer";
        foreach (string options in (string[])
            [
                "",
                "print.key=true",
                "print.key=true print.value=false",
                "print.value=false",
                "print.timestamp=true print.partition=true print.offset=true print.delivery=true",
                "print.headers=true",
                "print.headers=true headers.separator=; null.literal=NIL key.separator=| print.key=true",
                "print.key=true line.separator=;",
                "print.key=TRUE print.value=no",
                $"print.key=true key.deserializer={Strings} value.deserializer={Strings}",
                "print.unknown=true",
            ])
        {
            ComparePrinted(differences, 0, options, "--from-beginning");
        }

        ComparePrinted(differences, 0, "print.offset=true", "--offset", "1");
        ComparePrinted(differences, 0, "print.offset=true", "--offset", "Earliest");
        ComparePrinted(differences, 0, "print.offset=true", "--offset", "99");
        ComparePrinted(differences, 0, "print.offset=true", "--offset", "latest");
        ComparePrinted(differences, 0, "print.offset=true", "--from-beginning", "--max-messages", "2");
        ComparePrinted(differences, 0, "", "--from-beginning", "--max-messages", "0");
        ComparePrinted(differences, 1, "", "--offset", "-1");
        ComparePrinted(differences, 1, "", "--offset", "first");
        ComparePrinted(differences, 1, "", "--offset", "1", "--from-beginning");
        ComparePrinted(differences, 1, "", "--group", "g");
        ComparePrinted(differences, 1, "", "--include", "x");
        differences.AssertNone();
    }

    [PeerFact]
    public void Numbers_are_printed_alike_and_what_is_none_is_skipped()
    {
        Create("numbers");
        Differences differences = new();
        string lines = "four\neight888\nxx\n1\n00000000-0000-0000-0000-00000000000A\n";
        tools.Ours("console-producer", lines, "--topic", "numbers");
        foreach (string type in (string[])["Short", "Integer", "Long", "Float", "Double", "UUID"])
        {
            string[] arguments =
            [
                "--topic", "numbers", "--partition", "0", "--from-beginning", "--timeout-ms", "1500",
                "--value-deserializer", $"org.apache.kafka.common.serialization.{type}Deserializer",
            ];
            ToolResult kafka = tools.Theirs("console-consumer", "", [.. arguments, "--skip-message-on-error"]);
            ToolResult own = tools.Ours("console-consumer", "", [.. arguments, "--skip-message-on-error"]);
            differences.Compare(type, (kafka.ExitCode, kafka.Output), (own.ExitCode, own.Output));
            Assert.Equal(1, tools.Theirs("console-consumer", "", arguments).ExitCode);
            Assert.Equal(1, tools.Ours("console-consumer", "", arguments).ExitCode);
        }

        differences.AssertNone();
    }

    private void Create(string topic) =>
        Assert.Equal(0, tools.Ours("topics", "", "--create", "--topic", topic, "--partitions", "1").ExitCode);

    private string Read(string topic) => tools.Theirs(
        "console-consumer", "",
        [
            "--topic", topic, "--partition", "0", "--from-beginning", "--timeout-ms", "1500",
            "--formatter-property", "print.key=true", "--formatter-property", "print.headers=true",
        ]).Output;

    private void ComparePrinted(
        Differences differences, int exitCode, string options, params string[] arguments)
    {
        List<string> all =
            [.. arguments, "--topic", "printed", "--timeout-ms", "1500", "--partition", "0"];
        foreach (string property in options.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            all.AddRange("--formatter-property", property);
        }

        string asked = string.Join(' ', all);
        ToolResult kafka = tools.Theirs("console-consumer", "", [.. all]);
        ToolResult own = tools.Ours("console-consumer", "", [.. all]);
        Assert.Equal((asked, exitCode), (asked, kafka.ExitCode));
        differences.Compare(asked, (kafka.ExitCode, kafka.Output), (own.ExitCode, own.Output));
    }
}
