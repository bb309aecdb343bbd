using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>What is wrong with the values of requests that are well formed.</summary>
internal static class AdminInputs
{
    public static IEnumerable<HostileInput> All() => [.. TopicNames(), .. Topics(), .. Groups(), .. Fetches()];

    private static IEnumerable<HostileInput> TopicNames()
    {
        (string Name, string What)[] names =
        [
            ("", "''"), (".", "'.'"), ("..", "'..'"), ("../x", "'../x'"), ("a/b", "'a/b'"), ("a b", "'a b'"),
            ("tä", "not ASCII"), (new string('n', 250), "250 characters"), ("a\0b", "with a NUL"),
        ];
        foreach ((string name, string what) in names)
        {
            yield return new("M13", $"create {what}", "17", () => Wire.Frame(Create(name), 5), CreateError);
            yield return new(
                "M13",
                $"metadata of {what}",
                "17",
                () =>
                {
                    MetadataRequest request = new() { Topics = [], AllowAutoTopicCreation = true };
                    request.Topics.Add(new() { Name = name });
                    return Wire.Frame(request, 9);
                },
                static reply => FrameInputs.MetadataError(reply, 9));
        }

        yield return new(
            "M13",
            "create 249 characters",
            "ok",
            static () => Wire.Frame(Create(new string('n', 249), validateOnly: true), 5),
            CreateError);
        yield return new(
            "M14", "create 'a_b' beside 'a.b'", "17", static () => Wire.Frame(Create("a_b"), 5), CreateError);
    }

    private static IEnumerable<HostileInput> Topics()
    {
        yield return Topic("0 partitions", "37", Create("new", partitions: 0));
        yield return Topic("-5 partitions", "37", Create("new", partitions: -5));
        yield return Topic("replication factor 0", "38", Create("new", replicationFactor: 0));
        yield return Topic("replication factor 9", "38", Create("new", replicationFactor: 9));
        yield return Topic("2^31-1 partitions", "44", Create("new", partitions: int.MaxValue));
        yield return Topic("a replica twice", "39", Assigned(1, 1));
        yield return Topic("an unknown replica", "39", Assigned(99));
        yield return Topic("a negative replica", "39", Assigned(-1));
        yield return Topic("no replica", "39", Assigned());
        CreateTopicsRequest twice = Create("new");
        twice.Topics.Add(new() { Name = "new", NumPartitions = 1, ReplicationFactor = 1 });
        yield return Topic("a name twice", "42", twice);
        CreateTopicsRequest config = Create("new");
        config.Topics[0].Configs.Add(new() { Name = "no.such.key", Value = "1" });
        yield return Topic("an unknown configuration", "40", config);
        CreateTopicsRequest badValue = Create("new");
        badValue.Topics[0].Configs.Add(new() { Name = "retention.ms", Value = "soon" });
        yield return Topic("a configuration that is no number", "40", badValue);
    }

    private static IEnumerable<HostileInput> Groups()
    {
        yield return new("M15", "join group ''", "24", static () => Wire.Frame(Join(""), 5), JoinError);
        yield return new(
            "M15",
            "transactional id ''",
            "42",
            static () => Wire.Frame(
                new InitProducerIdRequest { TransactionalId = "", TransactionTimeoutMs = 1_000 }, 4),
            static reply => Wire.Decode<InitProducerIdResponse>(reply, 4).ErrorCode);
        yield return new(
            "M29",
            "session timeout of 1 ms",
            "26",
            static () => Wire.Frame(Join("g", sessionTimeoutMs: 1), 5),
            JoinError);
        yield return new(
            "M29",
            "session timeout of 2^31-1 ms",
            "26",
            static () => Wire.Frame(Join("g", sessionTimeoutMs: int.MaxValue), 5),
            JoinError);
        yield return new(
            "M29", "forged member id", "25", static () => Wire.Frame(Join("g", memberId: "forged"), 5), JoinError);
        yield return new(
            "M29",
            "heartbeat of nobody",
            "25",
            static () => Wire.Frame(new HeartbeatRequest { GroupId = "nobody", MemberId = "x", GenerationId = 1 }, 3),
            static reply => Wire.Decode<HeartbeatResponse>(reply, 3).ErrorCode);
    }

    private static IEnumerable<HostileInput> Fetches()
    {
        yield return Fetch("offset -5", "1", Wire.Fetch("t", -5));
        yield return Fetch("offset beyond the end", "1", Wire.Fetch("t", 1L << 40));
        yield return Fetch("offset 2^63-1", "1", Wire.Fetch("t", long.MaxValue));
        yield return Fetch("partition 99", "3", Wire.Fetch("t", 0, partition: 99));
        yield return Fetch("partition -1", "3", Wire.Fetch("t", 0, partition: -1));
        yield return Fetch("unknown topic", "3", Wire.Fetch("nowhere", 0));
        yield return Fetch("0 bytes of the partition", "ok", Wire.Fetch("t", 0, maxBytes: 0));
        yield return Fetch("unknown session", "70", InSession(12_345, 3));
        yield return Fetch("an epoch without session", "70", InSession(0, 3));
        FetchRequest ahead = Wire.Fetch("t", 0);
        ahead.Topics[0].Partitions[0].CurrentLeaderEpoch = 1_000;
        yield return Fetch("a leader epoch from the future", "75", ahead);
        FetchRequest unaware = Wire.Fetch("t", 0);
        unaware.Topics[0].Partitions[0].CurrentLeaderEpoch = -7;
        yield return Fetch("a leader epoch of -7", "ok", unaware);
    }

    private static HostileInput Topic(string what, string expected, CreateTopicsRequest request) =>
        new("M27", $"create with {what}", expected, () => Wire.Frame(request, 5), CreateError);

    private static HostileInput Fetch(string what, string expected, FetchRequest request) =>
        new("M26", $"fetch of {what}", expected, () => Wire.Frame(request, 11), FetchError);

    private static FetchRequest InSession(int id, int epoch)
    {
        FetchRequest request = Wire.Fetch("t", 0);
        request.SessionId = id;
        request.SessionEpoch = epoch;
        return request;
    }

    private static CreateTopicsRequest Create(
        string name, int partitions = 1, short replicationFactor = 1, bool validateOnly = false)
    {
        CreateTopicsRequest request = new() { TimeoutMs = 5_000, ValidateOnly = validateOnly };
        request.Topics.Add(new() { Name = name, NumPartitions = partitions, ReplicationFactor = replicationFactor });
        return request;
    }

    private static CreateTopicsRequest Assigned(params int[] replicas)
    {
        CreateTopicsRequest request = Create("new", -1, -1);
        request.Topics[0].Assignments.Add(new() { PartitionIndex = 0, BrokerIds = [.. replicas] });
        return request;
    }

    private static JoinGroupRequest Join(string group, int sessionTimeoutMs = 10_000, string memberId = "")
    {
        JoinGroupRequest request = new()
        {
            GroupId = group,
            SessionTimeoutMs = sessionTimeoutMs,
            RebalanceTimeoutMs = 10_000,
            MemberId = memberId,
            ProtocolType = "consumer",
        };
        request.Protocols.Add(new() { Name = "range", Metadata = [] });
        return request;
    }

    private static short CreateError(byte[] reply) =>
        Wire.Decode<CreateTopicsResponse>(reply, 5).Topics[0].ErrorCode;

    private static short JoinError(byte[] reply) => Wire.Decode<JoinGroupResponse>(reply, 5).ErrorCode;

    private static short FetchError(byte[] reply)
    {
        FetchResponse response = Wire.Decode<FetchResponse>(reply, 11);
        return response.ErrorCode != 0 ? response.ErrorCode : response.Responses[0].Partitions[0].ErrorCode;
    }
}
