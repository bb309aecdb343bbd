using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// The coordinator of classic consumer groups and committed offsets: everything the broker needs to serve the group
/// APIs.
/// </summary>
/// <remarks>
/// All methods may be called from any thread and return at once; the work is done on the coordinator's mailbox. Each
/// request is answered exactly once, there, through the <see cref="IReplyTo{TResponse}"/> given with it. A request
/// object belongs to the coordinator from the call on. Authorisation is the caller's.
/// </remarks>
public sealed class GroupCoordinator
{
    private readonly GroupCoordinatorOptions _options;
    private readonly ICoordinatorTopics _topics;
    private readonly CoordinatorRuntime<GroupShard> _runtime;
    private readonly CoordinatorDriver<GroupShard> _driver;

    /// <param name="mailbox">Where the coordinator runs; nothing on it may block.</param>
    /// <param name="loader">A blocking mailbox with one thread, where logs are read when leadership is gained.</param>
    public GroupCoordinator(
        GroupCoordinatorOptions options,
        ICoordinatorLog log,
        ICoordinatorTopics topics,
        ICoordinatorEvents events,
        TimeProvider time,
        IEntropy entropy,
        IMailbox mailbox,
        IMailbox loader)
    {
        _options = options;
        _topics = topics;
        var settings = new CoordinatorSettings<GroupShard>(
            log,
            context => new GroupShard(context, options, entropy, Counters, events),
            options.Codecs,
            options.OffsetsCommitTimeout,
            RuntimeCounters,
            events);
        _runtime = new CoordinatorRuntime<GroupShard>(settings, options.OffsetsTopicPartitions, time.Monotonic);
        _driver = new CoordinatorDriver<GroupShard>(
            _runtime, log, time, mailbox, loader, options.OffsetsLoadBufferBytesMax);
    }

    public GroupCounters Counters { get; } = new();

    public CoordinatorCounters RuntimeCounters { get; } = new();

    /// <summary>The state of a partition that is led and loaded. Only from the mailbox.</summary>
    internal GroupShard? Shard(int partition) => _runtime.Partitions[partition].Shard;

    /// <summary>
    /// Begins to serve. Until then, and after <see cref="Stop"/>, the answer is COORDINATOR_NOT_AVAILABLE.
    /// </summary>
    public void Start() => _driver.Start();

    /// <summary>Answers everything that is parked with NOT_COORDINATOR and gives up every partition.</summary>
    public void Stop() => _driver.Stop();

    /// <summary>Partitions of <c>__consumer_offsets</c>; a later change of their number is not followed.</summary>
    public int PartitionCount => _options.OffsetsTopicPartitions;

    /// <summary>
    /// The partition of <c>__consumer_offsets</c> whose leader coordinates the group; for FindCoordinator.
    /// </summary>
    public int PartitionFor(string groupId) => GroupPartition.Of(groupId, _options.OffsetsTopicPartitions);

    /// <summary>This node leads the partition of <c>__consumer_offsets</c> in this epoch: its log is loaded.</summary>
    public void OnLeadershipGained(int partition, LeaderEpoch epoch) => _driver.OnLeadershipGained(partition, epoch);

    /// <summary>Another node leads it, in this epoch, or it is gone.</summary>
    public void OnLeadershipLost(int partition, LeaderEpoch epoch) => _driver.OnLeadershipLost(partition, epoch);

    /// <summary>The high watermark of a partition that this node leads in this epoch has advanced.</summary>
    public void OnHighWatermark(int partition, LeaderEpoch epoch, Offset highWatermark) =>
        _driver.OnHighWatermark(partition, epoch, highWatermark);

    /// <summary>Drops what groups have committed for these topics.</summary>
    public void OnTopicsDeleted(IReadOnlyList<DeletedTopic> topics)
    {
        for (int i = 0; i < _options.OffsetsTopicPartitions; i++)
        {
            _driver.Submit(new DropTopicsCall(i, topics));
        }
    }

    /// <summary>JoinGroup, versions 0 to 9. The reply may be parked for as long as a rebalance takes.</summary>
    public void JoinGroup(JoinGroupRequest request, in RequestContext context, IReplyTo<JoinGroupResponse> replyTo) =>
        _driver.Submit(new JoinGroupCall(PartitionFor(request.GroupId), request, context, _options, replyTo));

    /// <summary>SyncGroup, versions 0 to 5. The reply may be parked until the leader brings the assignment.</summary>
    public void SyncGroup(SyncGroupRequest request, in RequestContext context, IReplyTo<SyncGroupResponse> replyTo) =>
        _driver.Submit(new SyncGroupCall(PartitionFor(request.GroupId), request, context, replyTo));

    /// <summary>Heartbeat and OffsetCommit: <paramref name="exchange"/> holds the request.</summary>
    public void Submit(GroupExchange exchange, IReplyTo<ErrorCode> replyTo) =>
        _driver.Submit(exchange.Begin(
            GroupPartition.Of(exchange.Claim.GroupId, _options.OffsetsTopicPartitions), _topics, replyTo));

    /// <summary>LeaveGroup, versions 0 to 5.</summary>
    public void LeaveGroup(
        LeaveGroupRequest request, in RequestContext context, IReplyTo<LeaveGroupResponse> replyTo) =>
        _driver.Submit(new LeaveGroupCall(PartitionFor(request.GroupId), request, context, replyTo));

    /// <summary>OffsetFetch, versions 1 to 10.</summary>
    public void FetchOffsets(
        OffsetFetchRequest request, in RequestContext context, IReplyTo<OffsetFetchResponse> replyTo) =>
        _driver.Submit(new OffsetFetchCall(
            _driver, _options.OffsetsTopicPartitions, request, context, _topics, replyTo));

    /// <summary>OffsetDelete, version 0.</summary>
    public void DeleteOffsets(
        OffsetDeleteRequest request, in RequestContext context, IReplyTo<OffsetDeleteResponse> replyTo) =>
        _driver.Submit(new OffsetDeleteCall(PartitionFor(request.GroupId), request, context, _topics, replyTo));

    /// <summary>ListGroups, versions 0 to 5: the groups this node coordinates.</summary>
    public void ListGroups(ListGroupsRequest request, IReplyTo<ListGroupsResponse> replyTo) =>
        _driver.Submit(new ListGroupsCall(_driver, _options.OffsetsTopicPartitions, request, replyTo));

    /// <summary>DescribeGroups, versions 0 to 6.</summary>
    public void DescribeGroups(
        DescribeGroupsRequest request, in RequestContext context, IReplyTo<DescribeGroupsResponse> replyTo) =>
        _driver.Submit(new DescribeGroupsCall(
            _driver, _options.OffsetsTopicPartitions, request, context, replyTo));

    /// <summary>DeleteGroups, versions 0 to 3: groups without members, with their offsets.</summary>
    public void DeleteGroups(DeleteGroupsRequest request, IReplyTo<DeleteGroupsResponse> replyTo) =>
        _driver.Submit(new DeleteGroupsCall(_driver, _options.OffsetsTopicPartitions, request, replyTo));
}
