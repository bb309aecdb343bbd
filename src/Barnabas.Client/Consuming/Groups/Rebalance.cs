using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// One attempt to enter the next generation of a classic group: join, divide if this member leads, sync. The
/// membership's state tells how it ended.
/// </summary>
internal sealed class Rebalance(
    ConsumerOptions options,
    CoordinatorFinder coordinator,
    ClusterMetadata metadata,
    GroupMembership membership,
    Lock gate)
{
    // The coordinator answers a join when all members have, or the rebalance timeout is over; some slack for the way.
    private static TimeSpan JoinSlack => TimeSpan.FromSeconds(5);

    /// <summary>The assignment; null unless the membership is stable at the end.</summary>
    public List<TopicPartition>? Assigned { get; private set; }

    /// <summary>Partition counts by which this member divided as the leader; null if it does not lead.</summary>
    public Dictionary<string, int>? LeaderView { get; private set; }

    public async Task RunAsync(
        IReadOnlyCollection<string> topics,
        IReadOnlyCollection<TopicPartition> owned,
        int ownedGeneration,
        CancellationToken cancellation)
    {
        KafkaConnection connection = await coordinator.ConnectAsync(cancellation).ConfigureAwait(false);
        JoinGroupResponse? joined =
            await JoinAsync(connection, topics, owned, ownedGeneration, cancellation).ConfigureAwait(false);
        if (joined is null)
        {
            return;
        }

        SyncGroupRequest sync = new()
        {
            GroupId = options.GroupId!,
            GenerationId = joined.GenerationId,
            MemberId = joined.MemberId,
            GroupInstanceId = options.GroupInstanceId,
            ProtocolType = ConsumerProtocol.Type,
            ProtocolName = joined.ProtocolName,
        };
        if (joined.Leader == joined.MemberId && !joined.SkipAssignment)
        {
            await DivideAsync(joined, sync, cancellation).ConfigureAwait(false);
        }

        SyncGroupResponse response = await connection.SendAsync<SyncGroupResponse>(
            sync, timeout: options.PollIntervalMax + JoinSlack, cancellation: cancellation).ConfigureAwait(false);
        GroupReaction reaction;
        lock (gate)
        {
            reaction = membership.SyncAnswered((ErrorCode)response.ErrorCode);
        }

        if (reaction == GroupReaction.Proceed)
        {
            Assigned = ConsumerProtocol.ReadAssignment(response.Assignment);
        }
        else if (reaction == GroupReaction.FindCoordinator)
        {
            coordinator.Forget();
        }
    }

    private async Task<JoinGroupResponse?> JoinAsync(
        KafkaConnection connection,
        IReadOnlyCollection<string> topics,
        IReadOnlyCollection<TopicPartition> owned,
        int ownedGeneration,
        CancellationToken cancellation)
    {
        JoinGroupRequest join = new()
        {
            GroupId = options.GroupId!,
            SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
            RebalanceTimeoutMs = (int)options.PollIntervalMax.TotalMilliseconds,
            MemberId = membership.MemberId,
            GroupInstanceId = options.GroupInstanceId,
            ProtocolType = ConsumerProtocol.Type,
        };
        foreach (IPartitionAssignor assignor in options.Assignors)
        {
            join.Protocols.Add(new JoinGroupRequest.JoinGroupRequestProtocol
            {
                Name = assignor.Name,
                Metadata = ConsumerProtocol.WriteSubscription(
                    topics,
                    assignor.DescribeMember(owned, ownedGeneration),
                    options.IsCooperative ? owned : [],
                    ownedGeneration),
            });
        }

        lock (gate)
        {
            membership.JoinSent();
        }

        TimeSpan patience = options.PollIntervalMax + JoinSlack;
        JoinGroupResponse response = await connection.SendAsync<JoinGroupResponse>(
            join,
            timeout: patience > options.RequestTimeout ? patience : options.RequestTimeout,
            cancellation: cancellation).ConfigureAwait(false);
        GroupReaction reaction;
        lock (gate)
        {
            reaction = membership.JoinAnswered(
                (ErrorCode)response.ErrorCode, response.MemberId, response.GenerationId, response.ProtocolName);
        }

        if (reaction == GroupReaction.FindCoordinator)
        {
            coordinator.Forget();
        }

        return reaction == GroupReaction.Proceed ? response : null;
    }

    private async Task DivideAsync(JoinGroupResponse joined, SyncGroupRequest sync, CancellationToken cancellation)
    {
        IPartitionAssignor? assignor = options.Assignors.FirstOrDefault(a => a.Name == joined.ProtocolName);
        if (assignor is null)
        {
            throw new KafkaException(
                ErrorCode.InconsistentGroupProtocol,
                    $"the group chose the assignor {joined.ProtocolName}", isFatal: true);
        }

        List<GroupMember> members = [];
        SortedSet<string> topics = new(StringComparer.Ordinal);
        foreach (JoinGroupResponse.JoinGroupResponseMember member in joined.Members)
        {
            GroupMember read = ConsumerProtocol.ReadMember(member.MemberId, member.GroupInstanceId, member.Metadata);
            members.Add(read);
            topics.UnionWith(read.Topics);
        }

        // Other members may want topics this one knows nothing of. A topic that does not exist has no partitions; when
        // it appears, the view below differs and the group divides again.
        metadata.Track(topics);
        ClusterSnapshot cluster = metadata.Current;
        if (topics.Any(topic => !cluster.Topics.ContainsKey(topic)))
        {
            cluster = await metadata.RefreshAsync(options.RequestTimeout, cancellation).ConfigureAwait(false);
        }

        LeaderView = PartitionCounts(cluster, topics);
        foreach ((string member, IReadOnlyList<TopicPartition> partitions) in assignor.Assign(LeaderView, members))
        {
            sync.Assignments.Add(new SyncGroupRequest.SyncGroupRequestAssignment
            {
                MemberId = member,
                Assignment = ConsumerProtocol.WriteAssignment(partitions),
            });
        }
    }

    /// <summary>The number of partitions of each of these topics that exists.</summary>
    public static Dictionary<string, int> PartitionCounts(ClusterSnapshot cluster, IEnumerable<string> topics)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (string topic in topics)
        {
            counts[topic] = cluster.Topics.TryGetValue(topic, out TopicInfo? info) ? info.Partitions.Count : 0;
        }

        return counts;
    }
}
