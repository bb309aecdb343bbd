using Barnabas.Kernel;
using Barnabas.Simulation;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

/// <summary>
/// A coordinator with its log, in virtual time and in one thread. It leads every partition from the start.
/// </summary>
internal sealed class GroupWorld
{
    public const int Partitions = 3;

    private readonly VirtualMailbox _mailbox;
    private readonly VirtualMailbox _loader;
    private readonly List<GroupExchange> _idle = [];

    public GroupWorld(
        GroupCoordinatorOptions? options = null, MemoryLog? log = null, VirtualClock? clock = null, int seed = 1)
    {
        Options = (options ?? new GroupCoordinatorOptions()) with { OffsetsTopicPartitions = Partitions };
        Log = log ?? new MemoryLog(Partitions);
        Clock = clock ?? new VirtualClock();
        _mailbox = new VirtualMailbox("coordinator", Clock);
        _loader = new VirtualMailbox("coordinator-loader", Clock);
        Coordinator = new GroupCoordinator(
            Options, Log, Topics, Events, Clock, new SimulatedRandom((ulong)seed), _mailbox, _loader);
        Coordinator.Start();
        GainAll(new LeaderEpoch(1));
        Run();
    }

    public GroupCoordinatorOptions Options { get; }

    public GroupCoordinator Coordinator { get; }

    public MemoryLog Log { get; }

    public VirtualClock Clock { get; }

    public TestTopics Topics { get; } = new();

    public EventLog Events { get; } = new();

    public GroupShard Shard(int partition) => Coordinator.Shard(partition)!;

    /// <summary>Keeps logs from being read.</summary>
    public bool LoaderIsStuck { get; set; }

    public void GainAll(LeaderEpoch epoch)
    {
        for (int i = 0; i < Partitions; i++)
        {
            Coordinator.OnLeadershipGained(i, epoch);
        }
    }

    /// <summary>Runs everything that waits, without moving time.</summary>
    public void Run()
    {
        while (_mailbox.Run() | (!LoaderIsStuck && _loader.Run()))
        {
        }
    }

    /// <summary>Moves time, stopping wherever a timer wants to fire.</summary>
    public void Pass(TimeSpan time)
    {
        Run();
        MonotonicTime end = Clock.Now + time;
        while (Clock.Now < end)
        {
            MonotonicTime next = _mailbox.NextDeadline;
            Clock.Move((next < end ? next : end) - Clock.Now);
            Run();
        }
    }

    /// <summary>Lets the high watermark of a partition follow its log.</summary>
    public void Commit(int partition)
    {
        Log.Commit(partition);
        Coordinator.OnHighWatermark(partition, new LeaderEpoch(1), Log.LogEnd(partition));
        Run();
    }

    /// <summary>The same log led by another node's coordinator.</summary>
    public GroupWorld FailOver() => new(Options, Log, Clock, seed: 99);

    public Inbox<TResponse> Ask<TRequest, TResponse>(
        Action<TRequest, RequestContext, IReplyTo<TResponse>> api,
        TRequest request,
        short version,
        string clientId = "client")
        where TResponse : class
    {
        var inbox = new Inbox<TResponse>();
        api(request, new RequestContext(version, clientId, "/127.0.0.1"), inbox);
        Run();
        return inbox;
    }

    /// <summary>Asks by the bytes of the request, and reads the bytes of the reply; one exchange serves many.</summary>
    public Inbox<TResponse> Exchange<TExchange, TResponse>(IApiMessage request, short version)
        where TExchange : GroupExchange, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        GroupExchange exchange = _idle.Find(static idle => idle is TExchange) ?? new TExchange();
        _idle.Remove(exchange);
        var inbox = new ExchangeInbox<TResponse>(exchange, version, _idle);
        Assert.True(exchange.TryRead(request.ToBytes(version), bodyStart: 0, version));
        Coordinator.Submit(exchange, inbox);
        Run();
        return inbox.Inbox;
    }

    public ListGroupsResponse List(string[]? states = null, string[]? types = null)
    {
        var inbox = new Inbox<ListGroupsResponse>();
        var request = new ListGroupsRequest { StatesFilter = [.. states ?? []], TypesFilter = [.. types ?? []] };
        Coordinator.ListGroups(request, inbox);
        Run();
        return inbox.Reply;
    }

    public DescribeGroupsResponse.DescribedGroup Describe(string groupId, short version = 6)
    {
        var inbox = new Inbox<DescribeGroupsResponse>();
        var context = new RequestContext(version, "admin", "/127.0.0.1");
        Coordinator.DescribeGroups(new DescribeGroupsRequest { Groups = [groupId] }, context, inbox);
        Run();
        return Assert.Single(inbox.Reply.Groups);
    }

    public ErrorCode Delete(string groupId)
    {
        var inbox = new Inbox<DeleteGroupsResponse>();
        Coordinator.DeleteGroups(new DeleteGroupsRequest { GroupsNames = [groupId] }, inbox);
        Run();
        return (ErrorCode)Assert.Single(inbox.Reply.Results).ErrorCode;
    }

    public TestGroup Group(string id) => new(this, id);
}
