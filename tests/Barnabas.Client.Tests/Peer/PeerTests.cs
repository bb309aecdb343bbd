using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Client.Tests;

/// <summary>The client against Apache Kafka 4.4.</summary>
[Trait("Category", "Peer")]
[Collection(PeerCollection.Name)]
public sealed class PeerTests(PeerBroker broker)
{
    private static readonly CompressionCodecs Codecs = NativeCodecs.Create();
    private static int _made;

    [PeerTheory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task What_was_produced_is_consumed_once_and_in_order(CompressionType codec)
    {
        string topic = await NewTopicAsync(partitions: 4);
        await ProduceAsync(topic, 5_000, codec);

        await using KafkaConsumer consumer = new(Consumer(group: null));
        consumer.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartition(topic, partition)));
        List<ConsumeResult> read = await ReadAsync(consumer, 5_000);

        AssertAllOnceInOrder(read, 5_000);
    }

    [PeerFact]
    public async Task Metadata_of_awaited_records_is_what_the_broker_wrote()
    {
        string topic = await NewTopicAsync(partitions: 1);
        await using KafkaProducer producer = new(Producer());
        for (int i = 0; i < 5; i++)
        {
            RecordMetadata metadata = await producer.ProduceAsync(new ProducerRecord(topic)
            {
                Value = Encoding.UTF8.GetBytes($"v{i}"),
                Headers = [new RecordHeader("h", Encoding.UTF8.GetBytes("x")), new RecordHeader("n", null)],
                TimestampMs = 1_700_000_000_000 + i,
            });
            Assert.Equal(new TopicPartition(topic, 0), metadata.Partition);
            Assert.Equal(new Offset(i), metadata.Offset);
            Assert.Equal(1_700_000_000_000 + i, metadata.TimestampMs);
        }

        await using KafkaConsumer consumer = new(Consumer(group: null));
        consumer.Assign([new TopicPartition(topic, 0)]);
        consumer.Seek(new TopicPartition(topic, 0), new Offset(3));
        List<ConsumeResult> read = await ReadAsync(consumer, 2);
        Assert.Equal("v3", Text(read[0].Value));
        Assert.Null(read[0].Key);
        Assert.Equal(["h", "n"], read[0].Headers.Select(header => header.Key));
        Assert.Null(read[0].Headers[1].Value);
    }

    [PeerTheory]
    [InlineData(Acks.None, false)]
    [InlineData(Acks.Leader, false)]
    [InlineData(Acks.All, true)]
    public async Task Every_kind_of_acknowledgement_works(Acks acks, bool idempotent)
    {
        string topic = await NewTopicAsync(partitions: 1);
        await using (KafkaProducer producer = new(Producer() with { Acks = acks, EnableIdempotence = idempotent }))
        {
            RecordMetadata metadata =
                await producer.ProduceAsync(new ProducerRecord(topic) { Value = new byte[] { 1 } });
            Assert.Equal(acks == Acks.None ? Offset.None : Offset.Zero, metadata.Offset);
        }

        await using KafkaConsumer consumer = new(Consumer(group: null));
        consumer.Assign([new TopicPartition(topic, 0)]);
        Assert.Single(await ReadAsync(consumer, 1));
    }

    [PeerFact]
    public async Task Two_members_share_a_topic_and_one_takes_over_when_the_other_leaves()
    {
        string topic = await NewTopicAsync(partitions: 4);
        string group = $"group-{topic}";
        await ProduceAsync(topic, 400, CompressionType.None);

        await using KafkaConsumer first = new(Consumer(group));
        first.Subscribe([topic]);
        KafkaConsumer second = new(Consumer(group));
        second.Subscribe([topic]);
        HashSet<string> seen = [];
        await UntilAsync(async () =>
        {
            await PollIntoAsync(first, seen);
            await PollIntoAsync(second, seen);
            return seen.Count == 400 && first.Assignment.Count == 2 && second.Assignment.Count == 2;
        });
        Assert.Empty(first.Assignment.Intersect(second.Assignment));

        await second.DisposeAsync();
        await UntilAsync(async () =>
        {
            await PollIntoAsync(first, seen);
            return first.Assignment.Count == 4;
        });
        await first.CommitAsync();
        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await first.CommittedAsync(first.Assignment);
        Assert.Equal(400, committed.Values.Sum(offset => offset.Offset.Value));
    }

    [PeerFact]
    public async Task A_group_with_a_Java_consumer_shares_the_work()
    {
        string topic = await NewTopicAsync(partitions: 4);
        string group = $"mixed-{topic}";
        await ProduceAsync(topic, 400, CompressionType.Lz4);
        using Process java = SharedFolder.Start(
            "4.3.1", null, "org.apache.kafka.tools.consumer.ConsoleConsumer",
            "--bootstrap-server", broker.Address, "--topic", topic, "--group", group, "--from-beginning",
            "--timeout-ms", "20000", "--command-property", "group.protocol=classic", "--command-property",
            "partition.assignment.strategy=org.apache.kafka.clients.consumer.RangeAssignor");
        StringBuilder output = new();
        java.OutputDataReceived += (_, line) =>
        {
            lock (output)
            {
                output.Append(line.Data).Append('\n');
            }
        };
        java.ErrorDataReceived += static (_, _) => { };
        java.BeginOutputReadLine();
        java.BeginErrorReadLine();
        try
        {
            await using KafkaConsumer ours = new(Consumer(group));
            ours.Subscribe([topic]);
            HashSet<string> seen = [];
            await UntilAsync(async () =>
            {
                await PollIntoAsync(ours, seen);
                return ours.Assignment.Count == 2;
            });
            // The partitions of both are now known to be disjoint: each new record goes to exactly one of the two.
            await ProduceAsync(topic, 400, CompressionType.None, prefix: "later");
            await UntilAsync(async () =>
            {
                await PollIntoAsync(ours, seen);
                lock (output)
                {
                    seen.UnionWith(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
                }

                return seen.Count == 800;
            });
        }
        finally
        {
            java.Kill();
            await java.WaitForExitAsync();
        }
    }

    [PeerFact]
    public async Task Administration()
    {
        await using KafkaAdmin admin = new(Admin());
        string topic = $"admin-{Interlocked.Increment(ref _made)}";
        AdminResult created = Assert.Single(await admin.CreateTopicsAsync(
            [new NewTopic(topic) { Partitions =
                2, ReplicationFactor = 1, Configs = new Dictionary<string, string> { ["retention.ms"] = "60000" } }]));
        created.ThrowIfFailed();
        AdminResult again = Assert.Single(await admin.CreateTopicsAsync([new NewTopic(topic)]));
        Assert.Equal(ErrorCode.TopicAlreadyExists, again.Error);

        (await admin.CreatePartitionsAsync(topic, 5)).ThrowIfFailed();
        ConfigResource resource = new(ConfigResourceType.Topic, topic);
        (await admin.AlterConfigsAsync(
            resource, [new ConfigAlteration("segment.bytes", ConfigOperation.Set, "1048576")])).ThrowIfFailed();
        // The controller answers before the broker that is asked next has replayed the change.
        IReadOnlyList<ConfigEntry> configs = [];
        await UntilAsync(async () =>
        {
            configs = await admin.DescribeConfigsAsync(resource);
            return configs.Single(config => config.Name == "segment.bytes").Value == "1048576";
        });
        Assert.Equal(ConfigSource.DynamicTopic, configs.Single(config => config.Name == "retention.ms").Source);

        TopicDescription description = Assert.Single(await admin.DescribeTopicsAsync([topic, "no-such-topic"]));
        Assert.Equal([0, 1, 2, 3, 4], description.Partitions.Select(partition => partition.Index));
        Assert.Contains(await admin.ListTopicsAsync(), listed => listed.Name == topic && listed.Id == description.Id);
        ClusterDescription cluster = await admin.DescribeClusterAsync();
        Assert.Equal(broker.Address, Assert.Single(cluster.Brokers).Address.ToString());
        IReadOnlyDictionary<TopicPartition, ListedOffset> ends =
            await admin.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec>
            {
                [new TopicPartition(topic, 4)] = OffsetSpec.Latest,
            });
        Assert.Equal(Offset.Zero, ends[new TopicPartition(topic, 4)].Offset);

        Assert.Single(await admin.DeleteTopicsAsync([topic])).ThrowIfFailed();
        AdminResult gone = Assert.Single(await admin.DeleteTopicsAsync([topic]));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, gone.Error);
    }

    [PeerFact]
    public async Task Offsets_are_found_by_what_is_asked_for()
    {
        string topic = await NewTopicAsync(partitions: 1);
        TopicPartition partition = new(topic, 0);
        await using KafkaAdmin admin = new(Admin());
        Assert.Equal((-1, -1), await Find(OffsetSpec.MaxTimestamp));
        await using KafkaProducer producer = new(Producer());
        foreach (long time in (long[])[1_000, 3_000, 2_000])
        {
            await producer.ProduceAsync(new ProducerRecord(topic) { Value = new byte[1], TimestampMs = time });
        }

        Assert.Equal((3, -1), await Find(OffsetSpec.Latest));
        Assert.Equal((0, -1), await Find(OffsetSpec.Earliest));
        Assert.Equal((0, -1), await Find(OffsetSpec.EarliestLocal));
        Assert.Equal((-1, -1), await Find(OffsetSpec.LatestTiered));
        Assert.Equal((1, 3_000), await Find(OffsetSpec.MaxTimestamp));
        Assert.Equal((1, 3_000), await Find(OffsetSpec.At(1_001)));
        Assert.Equal((0, 1_000), await Find(OffsetSpec.At(DateTimeOffset.UnixEpoch)));
        Assert.Equal((-1, -1), await Find(OffsetSpec.At(3_001)));

        async Task<(long, long)> Find(OffsetSpec wanted)
        {
            ListedOffset found = (await admin.ListOffsetsAsync(
                new Dictionary<TopicPartition, OffsetSpec> { [partition] = wanted }))[partition];
            return (found.Offset.Value, found.TimestampMs);
        }
    }

    [PeerFact]
    public async Task Groups_can_be_listed_and_described()
    {
        string topic = await NewTopicAsync(partitions: 2);
        string group = $"described-{topic}";
        await using KafkaConsumer consumer = new(Consumer(group));
        consumer.Subscribe([topic]);
        await UntilAsync(async () =>
        {
            await consumer.PollAsync(TimeSpan.FromMilliseconds(50));
            return consumer.Assignment.Count == 2;
        });
        await using KafkaAdmin admin = new(Admin());
        Assert.Contains(await admin.ListGroupsAsync(), listed =>
            listed.GroupId == group && listed.ProtocolType == "consumer");
        GroupDescription described = await admin.DescribeGroupAsync(group);
        Assert.Equal("Stable", described.State);
        Assert.Equal("range", described.Protocol);
        Assert.Equal(consumer.Assignment.Order(Comparer<TopicPartition>.Create((a, b) => a.Partition - b.Partition)),
            Assert.Single(described.Members).Assignment);
    }

    [PeerFact]
    public async Task A_record_beyond_the_topics_limit_is_refused_by_its_own_name()
    {
        string topic = await NewTopicAsync(1, new Dictionary<string, string> { ["max.message.bytes"] = "2000" });
        await using KafkaProducer producer = new(Producer());
        // The first is too large alone; the others fit, but not together: the producer divides the batch until they do.
        Task<RecordMetadata> large = producer.ProduceAsync(
            new ProducerRecord(topic) { Value = new byte[3000] }).AsTask();
        List<Task<RecordMetadata>> small = [];
        for (int i = 0; i < 8; i++)
        {
            small.Add(producer.ProduceAsync(new ProducerRecord(topic) { Value = new byte[900] }).AsTask());
        }

        KafkaException refused = await Assert.ThrowsAsync<KafkaException>(() => large);
        Assert.Equal(ErrorCode.MessageTooLarge, refused.ErrorCode);
        RecordMetadata[] written = await Task.WhenAll(small);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long)i), written.Select(metadata => metadata.Offset.Value));
    }

    [PeerFact]
    public async Task A_pattern_takes_whole_names_whichever_alternative_comes_first()
    {
        string topic = await NewTopicAsync(partitions: 1);
        await ProduceAsync(topic, 3, CompressionType.None);
        await using KafkaConsumer consumer = new(Consumer(group: $"pattern-{topic}"));
        consumer.Subscribe(new Regex($"topic|{topic}"));
        Assert.Equal(3, (await ReadAsync(consumer, 3)).Count);
        Assert.All(consumer.Assignment, partition => Assert.Equal(topic, partition.Topic));
    }

    [PeerFact]
    public async Task A_record_whose_handling_failed_comes_again()
    {
        string topic = await NewTopicAsync(partitions: 1);
        await ProduceAsync(topic, 5, CompressionType.None);
        string group = $"failing-{topic}";
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await using KafkaConsumer consumer = new(Consumer(group));
            consumer.Subscribe([topic]);
            await foreach (ConsumeResult result in consumer.ConsumeAsync())
            {
                if (result.Offset.Value == 2)
                {
                    throw new InvalidDataException();
                }
            }
        });
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await using KafkaConsumer consumer = new(Consumer(group));
            consumer.Subscribe([topic]);
            Assert.Equal(2, (await ReadAsync(consumer, 3))[0].Offset.Value);
            throw new InvalidDataException();
        });

        await using KafkaConsumer last = new(Consumer(group));
        last.Subscribe([topic]);
        Assert.Equal(2, (await ReadAsync(last, 3))[0].Offset.Value);
        await last.CloseAsync();
        await using KafkaConsumer after = new(Consumer(group));
        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed =
            await after.CommittedAsync([new TopicPartition(topic, 0)]);
        Assert.Equal(5, committed[new TopicPartition(topic, 0)].Offset.Value);
    }

    private static void AssertAllOnceInOrder(List<ConsumeResult> read, int count)
    {
        Assert.Equal(count, read.Count);
        Dictionary<string, int> lastByKey = [];
        HashSet<int> values = [];
        foreach (ConsumeResult result in read)
        {
            int value = int.Parse(Text(result.Value)!.Split('-')[1]);
            Assert.True(values.Add(value), $"{value} came twice");
            string key = Text(result.Key)!;
            Assert.True(lastByKey.GetValueOrDefault(key, -1) < value, "the order of a key was not kept");
            lastByKey[key] = value;
        }
    }

    private static string? Text(ReadOnlyMemory<byte>? bytes) =>
        bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;

    private static async Task<List<ConsumeResult>> ReadAsync(KafkaConsumer consumer, int count)
    {
        List<ConsumeResult> read = [];
        await UntilAsync(async () =>
        {
            read.AddRange(await consumer.PollAsync(TimeSpan.FromMilliseconds(200)));
            return read.Count >= count;
        });
        return read;
    }

    private static async Task PollIntoAsync(KafkaConsumer consumer, HashSet<string> seen)
    {
        foreach (ConsumeResult result in await consumer.PollAsync(TimeSpan.FromMilliseconds(50)))
        {
            seen.Add(Text(result.Value)!);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!await done())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "not within 30 seconds");
        }
    }

    private async Task<string> NewTopicAsync(int partitions, Dictionary<string, string>? configs = null)
    {
        string topic = $"topic-{Interlocked.Increment(ref _made)}";
        await using KafkaAdmin admin = new(Admin());
        foreach (AdminResult result in await admin.CreateTopicsAsync(
            [new NewTopic(topic) { Partitions = partitions, ReplicationFactor = 1, Configs = configs }]))
        {
            result.ThrowIfFailed();
        }

        return topic;
    }

    private async Task ProduceAsync(string topic, int count, CompressionType codec, string prefix = "value")
    {
        await using KafkaProducer producer = new(Producer() with { Compression = codec });
        List<Task<RecordMetadata>> sent = [];
        for (int i = 0; i < count; i++)
        {
            sent.Add(producer.ProduceAsync(new ProducerRecord(topic)
            {
                Key = Encoding.UTF8.GetBytes($"key-{i % 17}"),
                Value = Encoding.UTF8.GetBytes($"{prefix}-{i}"),
            }).AsTask());
        }

        await Task.WhenAll(sent);
    }

    private ProducerOptions Producer() => new()
    {
        BootstrapServers = [BrokerAddress.Parse(broker.Address)],
        Codecs = Codecs,
    };

    private ConsumerOptions Consumer(string? group) => new()
    {
        BootstrapServers = [BrokerAddress.Parse(broker.Address)],
        Codecs = Codecs,
        GroupId = group,
        OffsetReset = OffsetReset.Earliest,
        EnableAutoCommit = group is not null,
        HeartbeatInterval = TimeSpan.FromMilliseconds(500),
    };

    private AdminOptions Admin() => new()
    {
        BootstrapServers = [BrokerAddress.Parse(broker.Address)],
        CallTimeout = TimeSpan.FromSeconds(20),
    };
}
