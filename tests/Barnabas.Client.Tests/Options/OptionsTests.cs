using Barnabas.Kernel;

namespace Barnabas.Client.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Properties_become_options()
    {
        ProducerOptions options = ProducerOptions.FromProperties(
            new Dictionary<string, string>
            {
                ["bootstrap.servers"] = "a:9092, [::1]:9093,PLAINTEXT://b:1",
                ["acks"] = "1",
                ["linger.ms"] = "7",
                ["compression.type"] = "zstd",
                ["compression.zstd.level"] = "9",
                ["key.serializer"] = "org.apache.kafka.common.serialization.StringSerializer",
            },
            out IReadOnlyList<string> ignored);
        Assert.Equal(
            [new BrokerAddress("a", 9092), new BrokerAddress("::1", 9093), new BrokerAddress("b", 1)],
            options.BootstrapServers);
        Assert.Equal((Acks.Leader, false), (options.Acks, options.EnableIdempotence));
        Assert.Equal(TimeSpan.FromMilliseconds(7), options.Linger);
        Assert.Equal((CompressionType.Zstd, 9), (options.Compression, options.CompressionLevel));
        Assert.Equal(["key.serializer"], ignored);
    }

    [Theory]
    [InlineData("linger.ms", "soon")]
    [InlineData("linger.ms", "-1")]
    [InlineData("acks", "2")]
    [InlineData("linger.msec", "5")]
    [InlineData("bootstrap.servers", "nohost")]
    [InlineData("bootstrap.servers", "host:0")]
    [InlineData("security.protocol", "SASL_SSL")]
    [InlineData("transactional.id", "t")]
    [InlineData("delivery.timeout.ms", "1000")]
    public void A_wrong_property_is_named(string key, string value)
    {
        Dictionary<string, string> properties = new() { ["bootstrap.servers"] = "a:9092", [key] = value };
        ClientOptionException error = Assert.Throws<ClientOptionException>(
            () => ProducerOptions.FromProperties(properties, out _));
        Assert.Equal(key, error.Key);
    }

    [Fact]
    public void Idempotence_gives_way_unless_it_was_asked_for()
    {
        Dictionary<string, string> properties = new() { ["bootstrap.servers"] = "a:9092", ["acks"] = "0" };
        Assert.False(ProducerOptions.FromProperties(properties, out _).EnableIdempotence);
        properties["enable.idempotence"] = "true";
        Assert.Throws<ClientOptionException>(() => ProducerOptions.FromProperties(properties, out _));
    }

    [Fact]
    public async Task A_producer_whose_codec_is_missing_is_refused_when_it_is_made_and_gzip_is_never_missing()
    {
        Dictionary<string, string> properties = new() { ["bootstrap.servers"] = "a:1", ["compression.type"] = "lz4" };
        ProducerOptions options = ProducerOptions.FromProperties(properties, out _);
        Assert.Throws<ClientOptionException>(() => new KafkaProducer(options));
        properties["compression.type"] = "gzip";
        await using KafkaProducer producer = new(ProducerOptions.FromProperties(properties, out _));
    }

    [Fact]
    public void Pauses_double_up_to_their_limit_and_never_beyond()
    {
        Backoff backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));
        ProducerScript.FixedEntropy entropy = new();
        for (int failures = 1; failures < 100; failures++)
        {
            double middle = Math.Min(100 * Math.Pow(2, failures - 1), 1000);
            Assert.InRange(backoff.Wait(failures, entropy)
                .TotalMilliseconds, middle * 0.8 - 1, Math.Min(middle * 1.2, 1000));
        }
    }

    [Theory]
    [InlineData("consumer")]
    [InlineData("producer")]
    [InlineData("admin")]
    public void Every_property_of_Kafkas_clients_is_known(string client)
    {
        string? table = SharedFolder.Launcher is null ? null : Path.GetFullPath(
            Path.Combine(
                Path.GetDirectoryName(SharedFolder.Launcher)!, "..", "kafka-data", "configs", $"{client}.tsv"));
        if (table is null || !File.Exists(table))
        {
            return;
        }

        foreach (string line in File.ReadLines(table).Skip(1))
        {
            string[] columns = line.Split('\t');
            if (columns[0] is "transactional.id" or "security.protocol" or "bootstrap.servers"
                || columns[2] is "null" or "<required>" or "")
            {
                continue;
            }

            Dictionary<string, string> properties = new()
            {
                ["bootstrap.servers"] = "a:9092",
                [columns[0]] = columns[2].Replace("class ", "", StringComparison.Ordinal),
            };
            _ = client switch
            {
                "consumer" => ConsumerOptions.FromProperties(properties, out _) as ClientOptions,
                "producer" => ProducerOptions.FromProperties(properties, out _),
                _ => AdminOptions.FromProperties(properties, out _),
            };
        }
    }
}
