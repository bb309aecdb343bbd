using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Barnabas.Kernel;

namespace Barnabas.Client.Tests;

/// <summary>Cooperative groups (KIP-429) of this client and Kafka's own.</summary>
[Trait("Category", "Peer")]
[Collection(PeerCollection.Name)]
public sealed class CooperativeGroupTests(PeerBroker broker)
{
    [PeerTheory]
    [InlineData("led-by-us")]
    [InlineData("led-by-java")]
    public async Task A_member_keeps_what_it_reads_while_another_comes_and_goes(string group)
    {
        AdminOptions options = new() { BootstrapServers = [BrokerAddress.Parse(broker.Address)] };
        await using KafkaAdmin admin = new(options);
        await admin.CreateTopicsAsync([new NewTopic(group) { Partitions = 4, ReplicationFactor = 1 }]);
        Changes changes = new();
        HashSet<string> seen = [];
        await using KafkaConsumer ours = new(new ConsumerOptions
        {
            BootstrapServers = [BrokerAddress.Parse(broker.Address)],
            GroupId = group,
            Assignors = [new CooperativeStickyAssignor()],
            OffsetReset = OffsetReset.Earliest,
            HeartbeatInterval = TimeSpan.FromMilliseconds(300),
        });
        bool leads = group == "led-by-us";
        if (leads)
        {
            ours.Subscribe([group], changes);
            await UntilAsync(ours, seen, () => ours.Assignment.Count == 4);
        }

        using Process java = StartJava(group, out ConcurrentDictionary<string, int> theirs);
        try
        {
            await ProduceAsync(group, "first");
            await UntilAsync(leads ? ours : null, seen, () => seen.Count + theirs.Count >= 200);
            if (!leads)
            {
                ours.Subscribe([group], changes);
            }

            await UntilAsync(ours, seen, () => ours.Assignment.Count == 2);
            Assert.Equal(leads ? 2 : 0, changes.Revoked.Count);
            Assert.Equal(leads ? 4 : 2, changes.Assigned.Count);
            Assert.Empty(changes.Revoked.Intersect(ours.Assignment));

            await ProduceAsync(group, "second");
            await UntilAsync(ours, seen, () => seen.Union(theirs.Keys).Count() == 400);
            Assert.DoesNotContain(theirs.Keys, value => value.StartsWith("second") && seen.Contains(value));
        }
        finally
        {
            java.Kill();
            await java.WaitForExitAsync();
        }

        List<TopicPartition> kept = [.. ours.Assignment];
        changes.Assigned.Clear();
        changes.Revoked.Clear();
        await UntilAsync(ours, seen, () => ours.Assignment.Count == 4);
        Assert.Equal(2, changes.Assigned.Except(kept).Count());
        Assert.Equal(2, changes.Assigned.Count);
        Assert.Empty(changes.Revoked);
        Assert.Empty(changes.Lost);
    }

    private Process StartJava(string group, out ConcurrentDictionary<string, int> read)
    {
        ConcurrentDictionary<string, int> lines = new();
        read = lines;
        Process java = SharedFolder.Start(
            "4.3.1", null, "org.apache.kafka.tools.consumer.ConsoleConsumer",
            "--bootstrap-server", broker.Address, "--topic", group, "--group", group, "--from-beginning",
            "--command-property", "group.protocol=classic", "--command-property", "session.timeout.ms=6000",
            "--command-property", "heartbeat.interval.ms=300", "--command-property",
            "partition.assignment.strategy=org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        java.OutputDataReceived += (_, line) => lines.TryAdd(line.Data ?? "end", 0);
        java.ErrorDataReceived += static (_, _) => { };
        java.BeginOutputReadLine();
        java.BeginErrorReadLine();
        return java;
    }

    private async Task ProduceAsync(string topic, string prefix)
    {
        await using KafkaProducer producer = new(new ProducerOptions
        {
            BootstrapServers = [BrokerAddress.Parse(broker.Address)],
        });
        for (int i = 0; i < 200; i++)
        {
            byte[] text = Encoding.UTF8.GetBytes($"{prefix}-{i}");
            await producer.ProduceAsync(new ProducerRecord(topic) { Key = text, Value = text });
        }
    }

    private static async Task UntilAsync(KafkaConsumer? consumer, HashSet<string> seen, Func<bool> done)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!done())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "not within a minute");
            if (consumer is null)
            {
                await Task.Delay(50);
                continue;
            }

            foreach (ConsumeResult record in await consumer.PollAsync(TimeSpan.FromMilliseconds(50)))
            {
                seen.Add(Encoding.UTF8.GetString(record.Value!.Value.Span));
            }
        }
    }

    private sealed class Changes : IRebalanceListener
    {
        public List<TopicPartition> Assigned { get; } = [];

        public List<TopicPartition> Revoked { get; } = [];

        public List<TopicPartition> Lost { get; } = [];

        public ValueTask OnAssignedAsync(
            IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation) =>
            Add(Assigned, partitions);

        public ValueTask OnRevokedAsync(
            IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation) =>
            Add(Revoked, partitions);

        public ValueTask OnLostAsync(
            IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation) =>
            Add(Lost, partitions);

        private static ValueTask Add(List<TopicPartition> list, IReadOnlyCollection<TopicPartition> partitions)
        {
            list.AddRange(partitions);
            return default;
        }
    }
}
