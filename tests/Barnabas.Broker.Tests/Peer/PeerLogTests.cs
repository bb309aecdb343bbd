using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>Produce, Fetch and the offsets of a log: the answers of this node are Apache Kafka's.</summary>
[Trait("Category", "Peer")]
[Collection(KafkaPairCollection.Name)]
public sealed class PeerLogTests(KafkaPair pair)
{
    [PeerFact]
    public void ListOffsets_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        foreach (short version in (short[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
        {
            foreach (long time in (long[])[0, 1_000_000, 1_000_001, -1, -2, -3, -4, -5, -6, -7, long.MinValue])
            {
                ask.Ask<ListOffsetsResponse>($"v{version} time {time}", ListOffsets("t", time), version);
            }
        }

        foreach (int epoch in (int[])[0, 1, 99, -1, -5])
        {
            ListOffsetsRequest request = ListOffsets("t", -1);
            request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;
            ask.Ask<ListOffsetsResponse>($"epoch {epoch}", request, 7);
        }

        foreach (int replica in (int[])[-2, -3, 0, 1, 9])
        {
            ListOffsetsRequest request = ListOffsets("t", -1);
            request.ReplicaId = replica;
            ask.Ask<ListOffsetsResponse>($"replica {replica}", request, 7);
        }

        ask.Ask<ListOffsetsResponse>("unknown topic", ListOffsets("nowhere", -1), 7);
        ask.Ask<ListOffsetsResponse>("empty topic", ListOffsets("", -1), 7);
        ask.Ask<ListOffsetsResponse>("unknown partition", ListOffsets("t", -1, 99), 7);
        ask.Ask<ListOffsetsResponse>("negative partition", ListOffsets("t", -1, -1), 7);
        ask.Ask<ListOffsetsResponse>("empty partition", ListOffsets("t", -1, 1), 7);
        ask.Ask<ListOffsetsResponse>("largest of nothing", ListOffsets("t", -3, 1), 7);
        ask.Ask<ListOffsetsResponse>("a time of nothing", ListOffsets("t", 5, 1), 7);
        ListOffsetsRequest twice = ListOffsets("t", -1);
        twice.Topics[0].Partitions.Add(twice.Topics[0].Partitions[0]);
        ask.Ask<ListOffsetsResponse>("twice", twice, 7);
        ListOffsetsRequest topicTwice = ListOffsets("t", -1);
        topicTwice.Topics.Add(topicTwice.Topics[0]);
        ask.Ask<ListOffsetsResponse>("a topic twice", topicTwice, 7);
        ListOffsetsRequest committed = ListOffsets("t", -1);
        committed.IsolationLevel = 1;
        ask.Ask<ListOffsetsResponse>("committed", committed, 7);
        committed.IsolationLevel = 9;
        ask.Ask<ListOffsetsResponse>("isolation 9", committed, 7);
    },
        new Intended("^isolation 9", "Apache Kafka fails on an unknown isolation level; here it means none"));

    [PeerFact]
    public void OffsetForLeaderEpoch_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        foreach (short version in (short[])[2, 3, 4])
        {
            foreach ((int current, int epoch) in ((int, int)[])[
                (-1, 0), (-1, 1), (-1, -1), (0, 0), (1, 0), (99, 0), (-1, 99), (-5, -5), (0, 7)])
            {
                OffsetForLeaderEpochRequest request = Epochs("t", 0, current, epoch);
                ask.Ask<OffsetForLeaderEpochResponse>($"v{version} {current} {epoch}", request, version);
            }
        }

        ask.Ask<OffsetForLeaderEpochResponse>("unknown topic", Epochs("nowhere", 0, -1, 0), 4);
        ask.Ask<OffsetForLeaderEpochResponse>("unknown partition", Epochs("t", 99, -1, 0), 4);
        ask.Ask<OffsetForLeaderEpochResponse>("unknown partition, epoch", Epochs("t", 99, 99, 0), 4);
        ask.Ask<OffsetForLeaderEpochResponse>("empty partition", Epochs("t", 1, -1, 0), 4);
    });

    [PeerFact]
    public void Fetch_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        foreach (short version in (short[])[4, 5, 6, 7, 8, 9, 10, 11, 12])
        {
            foreach (long offset in (long[])[0, 1, 2, 3, -1, long.MaxValue])
            {
                ask.Ask<FetchResponse>($"v{version} offset {offset}", Wire.Fetch("t", offset), version);
            }

            ask.Ask<FetchResponse>($"v{version} unknown", Wire.Fetch("nowhere", 0), version);
            ask.Ask<FetchResponse>($"v{version} partition 99", Wire.Fetch("t", 0, partition: 99), version);
            ask.Ask<FetchResponse>($"v{version} no bytes", Wire.Fetch("t", 0, maxBytes: 0), version);
            ask.Ask<FetchResponse>($"v{version} -1 bytes", Wire.Fetch("t", 0, maxBytes: -1), version);
            FetchRequest follower = Wire.Fetch("t", 0);
            follower.ReplicaId = 2;
            ask.Ask<FetchResponse>($"v{version} follower", follower, version);
            FetchRequest self = Wire.Fetch("t", 0);
            self.ReplicaId = 1;
            ask.Ask<FetchResponse>($"v{version} self", self, version);
            FetchRequest debugger = Wire.Fetch("t", 0);
            debugger.ReplicaId = -2;
            ask.Ask<FetchResponse>($"v{version} debugger", debugger, version);
            FetchRequest twice = Wire.Fetch("t", 0);
            twice.Topics[0].Partitions.Add(twice.Topics[0].Partitions[0]);
            ask.Ask<FetchResponse>($"v{version} twice", twice, version);
        }

        foreach (short version in (short[])[9, 12])
        {
            foreach ((int current, int last) in ((int, int)[])[(0, -1), (1, -1), (99, -1), (-1, 0), (-1, 99), (0, 0)])
            {
                FetchRequest request = Wire.Fetch("t", 1);
                request.Topics[0].Partitions[0].CurrentLeaderEpoch = current;
                request.Topics[0].Partitions[0].LastFetchedEpoch = version >= 12 ? last : -1;
                ask.Ask<FetchResponse>($"v{version} epochs {current} {last}", request, version);
            }
        }

        FetchRequest noTopic = Wire.Fetch("t", 0);
        noTopic.Topics.Clear();
        ask.Ask<FetchResponse>("nothing", noTopic, 12);
        FetchRequest byId = Wire.Fetch("t", 0);
        byId.Topics[0].TopicId = new Uuid(5, 6);
        byId.Topics[0].Topic = string.Empty;
        ask.Ask<FetchResponse>("unknown id", byId, 13);
        byId.Topics[0].TopicId = default;
        ask.Ask<FetchResponse>("zero id", byId, 13);
        ask.Ask<FetchResponse>("negative wait", Wire.Fetch("t", 2, maxWaitMs: -5), 12);
        ask.Ask<FetchResponse>("negative least", Wire.Fetch("t", 2, minBytes: -5), 12);
    },
        new Intended("^v[0-9]+ -1 bytes", "Apache Kafka fails on a negative size; here it is none"));

    [PeerFact]
    public void Produce_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        byte[] batch = TestBatch.Of(new Records.RecordBatchTemplate(), 1_000_000, "v");
        byte[] large = TestBatch.Of(new Records.RecordBatchTemplate(), 1_000_000, new string('x', 3_000));
        foreach (short version in (short[])[3, 5, 7, 8, 9, 10, 12])
        {
            ask.Ask<ProduceResponse>($"v{version} good", Wire.Produce("set", batch), version);
            ask.Ask<ProduceResponse>($"v{version} unknown", Wire.Produce("nowhere", batch), version);
            ask.Ask<ProduceResponse>($"v{version} partition", Wire.Produce("set", batch, partition: 9), version);
            ask.Ask<ProduceResponse>($"v{version} acks", Wire.Produce("set", batch, acks: 2), version);
            ask.Ask<ProduceResponse>($"v{version} acks -7", Wire.Produce("set", batch, acks: -7), version);
            ask.Ask<ProduceResponse>($"v{version} large", Wire.Produce("set", large), version);
            ask.Ask<ProduceResponse>($"v{version} internal", Wire.Produce("__consumer_offsets", batch), version);
            ProduceRequest nothing = Wire.Produce("set", batch);
            nothing.TopicData.Clear();
            ask.Ask<ProduceResponse>($"v{version} nothing", nothing, version);
            ProduceRequest twice = Wire.Produce("set", batch);
            twice.TopicData[0].PartitionData.Add(new() { Index = 0, Records = TestBatch.Of("w", "x", "y") });
            ask.Ask<ProduceResponse>($"v{version} a partition twice", twice, version);
            ProduceRequest topicTwice = Wire.Produce("set", batch);
            topicTwice.TopicData.Add(Wire.Produce("set", TestBatch.Of("w", "x")).TopicData[0]);
            ask.Ask<ProduceResponse>($"v{version} a topic twice", topicTwice, version);
            ask.Ask<ListOffsetsResponse>($"v{version} end", ListOffsets("set", -1), 7);
        }

        ProduceRequest byId = Wire.Produce("", batch);
        byId.TopicData[0].TopicId = new Uuid(5, 6);
        ask.Ask<ProduceResponse>("unknown id", byId, 13);
        byId.TopicData[0].TopicId = default;
        ask.Ask<ProduceResponse>("zero id", byId, 13);
    },
        new Intended("ErrorMessage", "says why"));

    [PeerFact]
    public void InitProducerId_answers_as_Kafka_does() => pair.Compare(
        static ask =>
        {
            // The first block of ids comes from the controller.
            InitProducerIdRequest first = new() { TransactionalId = null, TransactionTimeoutMs = 1_000 };
            while (ask.Prepare<InitProducerIdResponse>(first, 4).ErrorCode != 0)
            {
                Thread.Sleep(50);
            }

            foreach ((long id, short epoch) in ((long, short)[])[(-1, -1), (5, 5), (5, -1), (-1, 5)])
            {
                InitProducerIdRequest request = new()
                {
                    TransactionalId = null,
                    ProducerId = id,
                    ProducerEpoch = epoch,
                    TransactionTimeoutMs = 1_000,
                };
                ask.Ask<InitProducerIdResponse>($"{id} {epoch}", request, 5);
            }

            InitProducerIdRequest empty = new() { TransactionalId = "", TransactionTimeoutMs = 1_000 };
            ask.Ask<InitProducerIdResponse>("empty", empty, 4);
        });

    private static ListOffsetsRequest ListOffsets(string topic, long timestamp, int partition = 0)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1 };
        ListOffsetsRequest.ListOffsetsTopic asked = new() { Name = topic };
        asked.Partitions.Add(new()
        {
            PartitionIndex = partition,
            Timestamp = timestamp,
            CurrentLeaderEpoch = -1,
        });
        request.Topics.Add(asked);
        return request;
    }

    private static OffsetForLeaderEpochRequest Epochs(string topic, int partition, int current, int epoch)
    {
        OffsetForLeaderEpochRequest request = new() { ReplicaId = -1 };
        OffsetForLeaderEpochRequest.OffsetForLeaderTopic asked = new() { Topic = topic };
        asked.Partitions.Add(new() { Partition = partition, CurrentLeaderEpoch = current, LeaderEpoch = epoch });
        request.Topics.Add(asked);
        return request;
    }
}
