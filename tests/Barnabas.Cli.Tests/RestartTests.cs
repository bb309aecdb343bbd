using System.Globalization;
using System.Text;
using Barnabas.Client;
using Barnabas.Kernel;

namespace Barnabas.Cli.Tests;

/// <summary>A producer and a member of a group while their node is killed and started again.</summary>
public sealed class RestartTests(OwnNode node) : IClassFixture<OwnNode>
{
    private const int Records = 3_000;

    [Fact]
    public async Task A_producer_and_a_consumer_survive_a_restart_of_their_node()
    {
        await using KafkaAdmin admin = new(new AdminOptions { BootstrapServers = [BrokerAddress.Parse(node.Address)] });
        await admin.CreateTopicsAsync([new NewTopic("t") { Partitions = 3 }]);
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        Task<List<ConsumeResult>> reading = ReadAsync(limit.Token);
        Task<RecordMetadata[]> writing = WriteAsync(limit.Token);
        for (int kills = 0; kills < 2; kills++)
        {
            await Task.Delay(500, limit.Token);
            await node.KillAsync();
            await node.StartAsync();
        }

        RecordMetadata[] written = await writing;
        List<ConsumeResult> read = await reading;

        // Acknowledged once each, and in the order in which each partition got them.
        Assert.Equal(Records, written.Select(static record => (record.Partition, record.Offset)).Distinct().Count());
        Dictionary<(TopicPartition Partition, Offset Offset), string> log = [];
        foreach (ConsumeResult record in read)
        {
            log[(record.Partition, record.Offset)] = Encoding.UTF8.GetString(record.Value!.Value.Span);
        }

        Assert.Equal(
            Enumerable.Range(0, Records).Select(static number => number.ToString(CultureInfo.InvariantCulture)),
            written.Select(record => log[(record.Partition, record.Offset)]));
        Assert.Equal(Records, log.Count);
    }

    private async Task<RecordMetadata[]> WriteAsync(CancellationToken cancellation)
    {
        await using KafkaProducer producer = new(new ProducerOptions
        {
            BootstrapServers = [BrokerAddress.Parse(node.Address)],
        });
        List<Task<RecordMetadata>> promises = [];
        for (int number = 0; number < Records; number++)
        {
            byte[] text = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
            ProducerRecord record = new("t") { Key = text, Value = text };
            promises.Add(producer.ProduceAsync(record, cancellation).AsTask());
            if (number % 10 == 0)
            {
                // So that some are under way whenever the node dies.
                await Task.Delay(10, cancellation);
            }
        }

        return await Task.WhenAll(promises);
    }

    private async Task<List<ConsumeResult>> ReadAsync(CancellationToken cancellation)
    {
        await using KafkaConsumer consumer = new(new ConsumerOptions
        {
            BootstrapServers = [BrokerAddress.Parse(node.Address)],
            GroupId = "g",
            OffsetReset = OffsetReset.Earliest,
            AutoCommitInterval = TimeSpan.FromMilliseconds(100),
        });
        consumer.Subscribe(["t"]);
        List<ConsumeResult> read = [];
        HashSet<(TopicPartition, Offset)> distinct = [];
        while (distinct.Count < Records)
        {
            foreach (ConsumeResult record in await consumer.PollAsync(TimeSpan.FromMilliseconds(100), cancellation))
            {
                read.Add(record);
                distinct.Add((record.Partition, record.Offset));
            }
        }

        await consumer.CloseAsync(cancellation);
        return read;
    }
}
