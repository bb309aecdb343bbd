using Barnabas.Client;
using Barnabas.Client.Tests;
using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Cli.Tests;

/// <summary>Our <c>dump-log</c> beside <c>kafka-dump-log</c> on the same files.</summary>
/// <remarks>Told apart with a reason: we read <c>leader-epoch-checkpoint</c> too.</remarks>
[Trait("Category", "Peer")]
public sealed class DumpDifferenceTests(TwinTools tools) : IClassFixture<TwinTools>
{
    [PeerFact]
    public async Task Files_are_dumped_alike()
    {
        await ProduceAsync();
        tools.Ours(
            "console-consumer", "", "--topic", "dumped", "--group", "g", "--max-messages", "5", "--from-beginning");
        await tools.Node.KillAsync();
        await tools.Node.StartAsync();
        await tools.Node.KillAsync();
        Differences differences = new();
        foreach ((string file, string options) in Questions())
        {
            string[] arguments = ["--files", file, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            ToolResult kafka = tools.Theirs("dump-log", "", arguments);
            ToolResult own = tools.Ours("dump-log", "", arguments);
            string asked = $"{file} {options}";
            differences.Compare(
                asked,
                (kafka.ExitCode, kafka.Output + Sorted(kafka.Error)),
                (own.ExitCode, own.Output + Sorted(own.Error)));
        }

        differences.AssertNone();
    }

    private IEnumerable<(string File, string Options)> Questions()
    {
        string topic = Path.Combine(tools.Node.Data, "dumped-0", "00000000000000000000");
        foreach (string options in (string[])
            [
                "", "--deep-iteration", "--print-data-log", "--print-data-log --skip-record-metadata",
                "--max-bytes 300", "--deep-iteration --max-bytes 300", "--key-decoder-class", "--verify-index-only",
                "--value-decoder-class org.apache.kafka.tools.api.StringDecoder",
            ])
        {
            yield return (topic + ".log", options);
        }

        foreach (string index in (string[])[".index", ".timeindex"])
        {
            yield return (topic + index, "");
            yield return (topic + index, "--index-sanity-check");
            yield return (topic + index, "--verify-index-only");
        }

        string offsets = Path.Combine(tools.Node.Data, "__consumer_offsets-0", "00000000000000000000");
        yield return (offsets + ".log", "--offsets-decoder");
        yield return (offsets + ".log", "--offsets-decoder --skip-record-metadata");
        yield return (offsets + ".index", "");
        string metadata = Path.Combine(tools.Node.Data, "__cluster_metadata-0");
        yield return (Path.Combine(metadata, "00000000000000000000.log"), "--cluster-metadata-decoder");
        yield return (Path.Combine(metadata, "00000000000000000000.log"), "--deep-iteration");
        foreach (string snapshot in System.IO.Directory.GetFiles(metadata, "*.checkpoint"))
        {
            yield return (snapshot, "--cluster-metadata-decoder");
        }

        foreach (string state in System.IO.Directory.GetFiles(Path.GetDirectoryName(topic)!, "*.snapshot"))
        {
            yield return (state, "");
        }

        string damaged = Path.Combine(tools.Node.Directory, "00000000000000000007.log");
        File.WriteAllBytes(damaged, [.. File.ReadAllBytes(topic + ".log"), .. new byte[5]]);
        yield return (damaged, "--deep-iteration");
        yield return ($"{topic}.log,{topic}.index", "");
        yield return (Path.Combine(tools.Node.Data, "meta.properties"), "");
    }

    // Findings are told by file in the order of a hash map.
    private static string Sorted(string lines) => string.Join('\n', lines.Split('\n').Order(StringComparer.Ordinal));

    private async Task ProduceAsync()
    {
        ProducerOptions options = new()
        {
            BootstrapServers = [BrokerAddress.Parse(tools.Node.Address)],
            Codecs = NativeCodecs.Create(),
        };
        await using KafkaAdmin admin = new(new AdminOptions { BootstrapServers = options.BootstrapServers });
        await admin.CreateTopicsAsync([new NewTopic("dumped") { Partitions = 1 }]);
        foreach (CompressionType codec in Enum.GetValues<CompressionType>())
        {
            await using KafkaProducer producer = new(options with { Compression = codec });
            await Task.WhenAll(Enumerable.Range(0, 3).Select(i => producer.ProduceAsync(new ProducerRecord("dumped")
            {
                Key = i == 0 ? null : new[] { (byte)('a' + i) },
                Value = i == 1 ? null : "value"u8.ToArray(),
                Headers = i == 2 ? [new RecordHeader("h", null), new RecordHeader("g", new byte[1])] : null,
                TimestampMs = 1_700_000_000_000 + i,
            }).AsTask()));
        }
    }
}
