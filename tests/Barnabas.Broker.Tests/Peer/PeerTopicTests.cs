using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>What administrators of topics ask, right and wrong: the answers of this node are Apache Kafka's.</summary>
[Trait("Category", "Peer")]
[Collection(KafkaPairCollection.Name)]
public sealed class PeerTopicTests(KafkaPair pair)
{
    private static readonly string[] OddNames =
        ["", ".", "..", "a/b", "a b", "tä", "__consumer_offsets", "__cluster_metadata", new string('n', 250), "t"];

    [PeerFact]
    public void CreateTopics_answers_odd_topics_as_Kafka_does() => pair.Compare(static ask =>
    {
        foreach (short version in (short[])[2, 4, 5, 7])
        {
            foreach (string name in OddNames)
            {
                Create(ask, $"name '{name}' v{version}", version, Topic(name));
            }

            Create(ask, $"no partitions v{version}", version, Topic("new", partitions: 0));
            Create(ask, $"-1 partitions v{version}", version, Topic("new", partitions: -1));
            Create(ask, $"-2 partitions v{version}", version, Topic("new", partitions: -2));
            Create(ask, $"replication 0 v{version}", version, Topic("new", replicas: 0));
            Create(ask, $"replication -1 v{version}", version, Topic("new", replicas: -1));
            Create(ask, $"replication -2 v{version}", version, Topic("new", replicas: -2));
            Create(ask, $"replication 2 v{version}", version, Topic("new", replicas: 2));
            Create(ask, $"the same twice v{version}", version, Topic("new"), Topic("new"), Topic("other"));
            Create(ask, $"nothing v{version}", version);
        }

        Create(ask, "10,001 partitions", 7, Topic("new", partitions: 10_001));
        Create(ask, "2^31-1 partitions", 7, Topic("new", partitions: int.MaxValue));
        Create(ask, "a dot beside an underscore", 7, Topic("x.y"), Topic("x_y"));
        Create(ask, "two dots", 7, Topic("x..y"));
    },
        new Intended("^a dot beside an underscore.Topics.x_y", "names that collide are refused within a request too"));

    [PeerFact]
    public void CreateTopics_answers_odd_assignments_as_Kafka_does() => pair.Compare(static ask =>
    {
        Create(ask, "good", 7, Assigned((0, [1]), (1, [1])));
        Create(ask, "a count too", 7, Assigned(2, -1, (0, [1]), (1, [1])));
        Create(ask, "a factor too", 7, Assigned(-1, 1, (0, [1])));
        Create(ask, "a gap", 7, Assigned((0, [1]), (2, [1])));
        Create(ask, "a partition twice", 7, Assigned((0, [1]), (0, [1])));
        Create(ask, "a negative partition", 7, Assigned((-1, [1])));
        Create(ask, "a replica twice", 7, Assigned((0, [1, 1])));
        Create(ask, "an unknown replica", 7, Assigned((0, [9])));
        Create(ask, "a negative replica", 7, Assigned((0, [-1])));
        Create(ask, "no replica", 7, Assigned((0, [])));
        Create(ask, "uneven", 7, Assigned((0, [1]), (1, [])));
    });

    [PeerFact]
    public void CreateTopics_answers_odd_configurations_as_Kafka_does() => pair.Compare(static ask =>
    {
        (string Key, string? Value)[] configs =
        [
            ("no.such.key", "1"), ("retention.ms", "soon"), ("retention.ms", "-2"), ("retention.ms", null),
            ("retention.ms", ""), ("retention.ms", "12345"), ("cleanup.policy", "shred"),
            ("cleanup.policy", "compact,delete"), ("compression.type", "zip"), ("segment.bytes", "1"),
            ("max.message.bytes", "-1"), ("min.insync.replicas", "0"), ("min.insync.replicas", "99"),
            ("min.cleanable.dirty.ratio", "1.5"), ("min.cleanable.dirty.ratio", "x"), ("preallocate", "yes"),
            ("message.timestamp.type", "Now"), ("leader.replication.throttled.replicas", "nonsense"),
            ("leader.replication.throttled.replicas", "*"), ("remote.storage.enable", "true"),
            ("local.retention.ms", "99999999999"), ("max.compaction.lag.ms", "0"), ("", "1"),
            ("file.delete.delay.ms", "-1"), ("unclean.leader.election.enable", "maybe"),
            ("compression.zstd.level", "99"), ("flush.messages", "0"),
            ("retention.bytes", "99999999999999999999"),
        ];
        foreach ((string key, string? value) in configs)
        {
            CreateTopicsRequest.CreatableTopic topic = Topic("new");
            topic.Configs.Add(new() { Name = key, Value = value });
            Create(ask, $"{key}={value ?? "null"}", 7, topic);
        }

        CreateTopicsRequest.CreatableTopic twice = Topic("new");
        twice.Configs.Add(new() { Name = "retention.ms", Value = "1" });
        twice.Configs.Add(new() { Name = "retention.ms", Value = "2" });
        Create(ask, "a key twice", 7, twice);
        CreateTopicsRequest.CreatableTopic odd = Topic("new");
        odd.Configs.Add(new() { Name = "min.compaction.lag.ms", Value = "10" });
        odd.Configs.Add(new() { Name = "max.compaction.lag.ms", Value = "5" });
        Create(ask, "lags that cross", 7, odd);
    },
        new Intended("^leader.replication.throttled.replicas=nonsense.*Message", "the value as it was written"),
        new Intended("^remote.storage.enable=true.*Message", "there is no remote storage that could be enabled"));

    [PeerFact]
    public void CreatePartitions_and_DeleteTopics_answer_as_Kafka_does() => pair.Compare(static ask =>
    {
        (string Name, int Count, int[][]? Assignments)[] asked =
        [
            ("t", 2, null), ("t", 1, null), ("t", 0, null), ("t", -1, null), ("t", 3, null), ("t", 10_010, null),
            ("nowhere", 2, null), ("", 2, null), ("__consumer_offsets", 99, null), ("t", 3, []), ("t", 3, [[1]]),
            ("t", 4, [[1]]), ("t", 3, [[9]]), ("t", 3, [[1, 1]]), ("t", 3, [[]]), ("t", 3, [[-1]]),
        ];
        for (int i = 0; i < asked.Length; i++)
        {
            CreatePartitionsRequest request = new() { TimeoutMs = 10_000, ValidateOnly = true };
            CreatePartitionsRequest.CreatePartitionsTopic topic = new()
            {
                Name = asked[i].Name,
                Count = asked[i].Count,
                Assignments = asked[i].Assignments is { } all
                    ? [.. all.Select(static ids => new CreatePartitionsRequest.CreatePartitionsAssignment
                    {
                        BrokerIds = [.. ids],
                    })]
                    : null,
            };
            request.Topics.Add(topic);
            ask.Ask<CreatePartitionsResponse>($"partitions {i} {topic.Name} {topic.Count}", request, 3);
        }

        CreatePartitionsRequest twice = new() { TimeoutMs = 10_000, ValidateOnly = true };
        twice.Topics.Add(new() { Name = "t", Count = 3, Assignments = null });
        twice.Topics.Add(new() { Name = "t", Count = 4, Assignments = null });
        ask.Ask<CreatePartitionsResponse>("partitions twice", twice, 3);

        foreach (string name in OddNames.Where(static name => name is not ("t" or "__consumer_offsets")))
        {
            ask.Ask<DeleteTopicsResponse>($"delete v5 '{name}'", Delete(name), 5);
            DeleteTopicsRequest newer = new() { TimeoutMs = 10_000 };
            newer.Topics.Add(new() { Name = name });
            ask.Ask<DeleteTopicsResponse>($"delete v6 '{name}'", newer, 6);
        }

        ask.Ask<DeleteTopicsResponse>("delete twice", Delete("nowhere", "nowhere"), 5);
        DeleteTopicsRequest byId = new() { TimeoutMs = 10_000 };
        byId.Topics.Add(new() { Name = null, TopicId = new Uuid(5, 6) });
        ask.Ask<DeleteTopicsResponse>("delete an unknown id", byId, 6);
        DeleteTopicsRequest both = new() { TimeoutMs = 10_000 };
        both.Topics.Add(new() { Name = "nowhere", TopicId = new Uuid(5, 6) });
        ask.Ask<DeleteTopicsResponse>("delete a name and an id", both, 6);
        DeleteTopicsRequest neither = new() { TimeoutMs = 10_000 };
        neither.Topics.Add(new() { Name = null });
        ask.Ask<DeleteTopicsResponse>("delete neither", neither, 6);
    },
        new Intended("^partitions (6 nowhere|7 ) .*Message", "says why"));

    [PeerFact]
    public void Metadata_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        foreach (short version in (short[])[0, 1, 4, 5, 7, 8, 9, 10, 11, 12, 13])
        {
            MetadataRequest request = new() { Topics = [], AllowAutoTopicCreation = true };
            foreach (string name in OddNames)
            {
                request.Topics.Add(new() { Name = name });
            }

            request.IncludeTopicAuthorizedOperations = version >= 8;
            request.IncludeClusterAuthorizedOperations = version is >= 8 and <= 10;
            ask.Ask<MetadataResponse>($"odd v{version}", request, version);
            ask.Ask<MetadataResponse>($"none v{version}", new MetadataRequest { Topics = [] }, version);
            if (version >= 1)
            {
                ask.Ask<MetadataResponse>($"all v{version}", new MetadataRequest { Topics = null }, version);
            }
        }

        foreach (short version in (short[])[10, 12, 13])
        {
            MetadataRequest byId = new() { Topics = [] };
            byId.Topics.Add(new() { Name = null, TopicId = new Uuid(5, 6) });
            ask.Ask<MetadataResponse>($"unknown id v{version}", byId, version);
        }

        MetadataRequest neither = new() { Topics = [] };
        neither.Topics.Add(new() { Name = null });
        ask.Ask<MetadataResponse>("neither", neither, 12);
        MetadataRequest twice = new() { Topics = [] };
        twice.Topics.Add(new() { Name = "t" });
        twice.Topics.Add(new() { Name = "t" });
        ask.Ask<MetadataResponse>("twice", twice, 9);
    },
        new Intended("^neither", "Apache Kafka fails on a null name; here nothing was asked for"),
        new Intended("^unknown id v10", "the brokers are told although the topics were asked for in a wrong way"));

    [PeerFact]
    public void DescribeTopicPartitions_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        foreach (string name in OddNames)
        {
            DescribeTopicPartitionsRequest request = new();
            request.Topics.Add(new() { Name = name });
            ask.Ask<DescribeTopicPartitionsResponse>($"'{name}'", request, 0);
        }

        foreach (int limit in (int[])[1, 0, -1, 2])
        {
            DescribeTopicPartitionsRequest limited = new() { ResponsePartitionLimit = limit };
            limited.Topics.Add(new() { Name = "t" });
            limited.Topics.Add(new() { Name = "set" });
            ask.Ask<DescribeTopicPartitionsResponse>($"limit {limit}", limited, 0);
        }

        foreach (int from in (int[])[1, 2, -1])
        {
            DescribeTopicPartitionsRequest cursor = new()
            {
                Cursor = new() { TopicName = "t", PartitionIndex = from },
            };
            cursor.Topics.Add(new() { Name = "t" });
            ask.Ask<DescribeTopicPartitionsResponse>($"cursor {from}", cursor, 0);
        }

        ask.Ask<DescribeTopicPartitionsResponse>("all", new DescribeTopicPartitionsRequest(), 0);
    },
        new Intended("^''", "Apache Kafka fails on an empty name"));

    [PeerFact]
    public void DescribeCluster_answers_as_Kafka_does() => pair.Compare(static ask =>
    {
        foreach (sbyte type in (sbyte[])[1, 2, 0, 9])
        {
            DescribeClusterRequest request = new() { EndpointType = type, IncludeClusterAuthorizedOperations = true };
            ask.Ask<DescribeClusterResponse>($"endpoints {type}", request, 1);
        }

        ask.Ask<DescribeClusterResponse>("v0", new DescribeClusterRequest(), 0);
        ask.Ask<DescribeClusterResponse>("fenced", new DescribeClusterRequest { IncludeFencedBrokers = true }, 2);
    },
        new Intended("^endpoints 2.ErrorMessage", "own words"));

    private static void Create(
        Dialogue ask, string label, short version, params CreateTopicsRequest.CreatableTopic[] topics)
    {
        CreateTopicsRequest request = new() { TimeoutMs = 10_000, ValidateOnly = true };
        request.Topics.AddRange(topics);
        ask.Ask<CreateTopicsResponse>(label, request, version);
    }

    private static CreateTopicsRequest.CreatableTopic Topic(string name, int partitions = 1, short replicas = 1) =>
        new() { Name = name, NumPartitions = partitions, ReplicationFactor = replicas };

    private static CreateTopicsRequest.CreatableTopic Assigned(params (int Partition, int[] Replicas)[] all) =>
        Assigned(-1, -1, all);

    private static CreateTopicsRequest.CreatableTopic Assigned(
        int partitions, short replicas, params (int Partition, int[] Replicas)[] all)
    {
        CreateTopicsRequest.CreatableTopic topic = Topic("new", partitions, replicas);
        foreach ((int partition, int[] ids) in all)
        {
            topic.Assignments.Add(new() { PartitionIndex = partition, BrokerIds = [.. ids] });
        }

        return topic;
    }

    private static DeleteTopicsRequest Delete(params string[] names) =>
        new() { TimeoutMs = 10_000, TopicNames = [.. names] };
}
