using System.Diagnostics.CodeAnalysis;

namespace Barnabas.Client;

/// <summary>Options of a <see cref="KafkaConsumer"/>; defaults are Kafka's.</summary>
public sealed record ConsumerOptions : ClientOptions
{
    /// <summary><c>group.id</c>; null for a consumer that assigns its partitions itself and commits nothing.</summary>
    public string? GroupId { get; init; }

    /// <summary><c>group.instance.id</c> (KIP-345): a static member keeps its partitions over a restart.</summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>
    /// <c>partition.assignment.strategy</c> in order of preference, default range. All members of a group must share
    /// one.
    /// </summary>
    public IReadOnlyList<IPartitionAssignor> Assignors { get; init; } = [new RangeAssignor()];

    /// <summary>Which protocol follows from the assignors: an eager one among them makes the member eager.</summary>
    internal bool IsCooperative => Assignors.All(static assignor => assignor.IsCooperative);

    /// <summary><c>auto.offset.reset</c>, default latest: where to start without a valid position.</summary>
    public OffsetReset OffsetReset { get; init; } = OffsetReset.Latest;

    /// <summary>
    /// <c>enable.auto.commit</c>, default true: what earlier polls returned is committed by later polls.
    /// </summary>
    public bool EnableAutoCommit { get; init; } = true;

    /// <summary><c>auto.commit.interval.ms</c>, default 5 s.</summary>
    public TimeSpan AutoCommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// <c>session.timeout.ms</c>, default 45 s: silence after which the coordinator gives a member up.
    /// </summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary><c>heartbeat.interval.ms</c>, default 3 s; below a third of <see cref="SessionTimeout"/>.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// <c>max.poll.interval.ms</c>, default 5 min: a consumer that does not poll for so long leaves its group, so that
    /// others get its partitions. Also the time a rebalance waits for this member.
    /// </summary>
    public TimeSpan PollIntervalMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>max.poll.records</c>, default 500.</summary>
    public int PollRecordsMax { get; init; } = 500;

    /// <summary>
    /// <c>fetch.min.bytes</c>, default 1: the broker waits for so much, or <see cref="FetchWaitMax"/>.
    /// </summary>
    public int FetchBytesMin { get; init; } = 1;

    /// <summary><c>fetch.max.bytes</c>, default 50 MiB per response; the first batch always comes.</summary>
    public int FetchBytesMax { get; init; } = 50 * 1024 * 1024;

    /// <summary><c>max.partition.fetch.bytes</c>, default 1 MiB; the first batch always comes.</summary>
    public int PartitionFetchBytesMax { get; init; } = 1024 * 1024;

    /// <summary><c>fetch.max.wait.ms</c>, default 500 ms.</summary>
    public TimeSpan FetchWaitMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary><c>isolation.level</c>, default read_uncommitted.</summary>
    public IsolationLevel IsolationLevel { get; init; } = IsolationLevel.ReadUncommitted;

    /// <summary><c>allow.auto.create.topics</c>, default true: asking for a topic may create it.</summary>
    public bool AllowAutoCreateTopics { get; init; } = true;

    /// <summary>
    /// <c>default.api.timeout.ms</c>, default 1 min: commits and questions about offsets with their retries.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>check.crcs</c>, default true.</summary>
    public bool CheckCrcs { get; init; } = true;

    /// <summary>
    /// The most bytes one compressed batch may expand to, default 256 MiB. A batch beyond it stops its partition with
    /// an error instead of the process with an exhausted memory.
    /// </summary>
    public int DecompressedBatchBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>An options object with Kafka's defaults.</summary>
    public ConsumerOptions()
    {
    }

    [SetsRequiredMembers]
    private ConsumerOptions(ClientOptions common)
        : base(common)
    {
    }

    /// <summary>Reads Kafka's consumer properties.</summary>
    /// <param name="properties">Names as in Kafka's documentation, values as text.</param>
    /// <param name="withoutEffect">Names that Kafka knows and this client ignores, to be told to the user.</param>
    /// <exception cref="ClientOptionException">An unknown name or an impossible value.</exception>
    public static ConsumerOptions FromProperties(
        IReadOnlyDictionary<string, string> properties, out IReadOnlyList<string> withoutEffect)
    {
        OptionReader reader = new(properties);
        ClientOptions common = FromReader(reader);
        // Only the classic protocol: the other one is a different client inside.
        reader.OneOf("group.protocol", 0, ("classic", 0));
        string? group = reader.Text("group.id");
        ConsumerOptions options = new(common)
        {
            BootstrapServers = common.BootstrapServers,
            GroupId = group,
            GroupInstanceId = reader.Text("group.instance.id"),
            Assignors = AssignorsOf(reader.List("partition.assignment.strategy")),
            OffsetReset = reader.OneOf("auto.offset.reset", OffsetReset.Latest,
                ("latest", OffsetReset.Latest), ("earliest", OffsetReset.Earliest), ("none", OffsetReset.None)),
            EnableAutoCommit = reader.Flag("enable.auto.commit", group is not null),
            AutoCommitInterval = reader.Milliseconds("auto.commit.interval.ms", TimeSpan.FromSeconds(5)),
            SessionTimeout = reader.Milliseconds("session.timeout.ms", TimeSpan.FromSeconds(45), 1),
            HeartbeatInterval = reader.Milliseconds("heartbeat.interval.ms", TimeSpan.FromSeconds(3), 1),
            PollIntervalMax = reader.Milliseconds("max.poll.interval.ms", TimeSpan.FromMinutes(5), 1),
            PollRecordsMax = reader.Integer("max.poll.records", 500, 1),
            FetchBytesMin = reader.Integer("fetch.min.bytes", 1, 0),
            FetchBytesMax = reader.Integer("fetch.max.bytes", 50 * 1024 * 1024, 0),
            PartitionFetchBytesMax = reader.Integer("max.partition.fetch.bytes", 1024 * 1024, 0),
            FetchWaitMax = reader.Milliseconds("fetch.max.wait.ms", TimeSpan.FromMilliseconds(500)),
            IsolationLevel = reader.OneOf("isolation.level", IsolationLevel.ReadUncommitted,
                ("read_uncommitted", IsolationLevel.ReadUncommitted), ("read_committed", IsolationLevel.ReadCommitted)),
            AllowAutoCreateTopics = reader.Flag("allow.auto.create.topics", true),
            CallTimeout = reader.Milliseconds("default.api.timeout.ms", TimeSpan.FromMinutes(1)),
            CheckCrcs = reader.Flag("check.crcs", true),
        };
        withoutEffect = reader.Complete();
        options.Validate();
        return options;
    }

    /// <summary>The rules between options.</summary>
    internal void Validate()
    {
        if (HeartbeatInterval >= SessionTimeout)
        {
            throw new ClientOptionException("heartbeat.interval.ms", null, "must be less than session.timeout.ms");
        }

        if (Assignors.Count == 0)
        {
            throw new ClientOptionException("partition.assignment.strategy", null, "at least one is needed");
        }
    }

    private static List<IPartitionAssignor> AssignorsOf(IReadOnlyList<string> names)
    {
        List<IPartitionAssignor> assignors = [];
        foreach (string name in names)
        {
            // Java's class names are what property files hold; their last part is enough to know them by.
            string last = name[(name.LastIndexOf('.') + 1)..];
            assignors.Add(last switch
            {
                "range" or "RangeAssignor" => new RangeAssignor(),
                "roundrobin" or "RoundRobinAssignor" => new RoundRobinAssignor(),
                "sticky" or "StickyAssignor" => new StickyAssignor(),
                "cooperative-sticky" or "CooperativeStickyAssignor" => new CooperativeStickyAssignor(),
                _ => throw new ClientOptionException("partition.assignment.strategy", name,
                    "this client has RangeAssignor, RoundRobinAssignor, StickyAssignor and CooperativeStickyAssignor"),
            });
        }

        return assignors.Count > 0 ? assignors : [new RangeAssignor()];
    }
}
