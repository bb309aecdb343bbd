using System.Text;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

/// <summary>A group as its clients see it.</summary>
internal sealed class TestGroup(GroupWorld world, string id)
{
    public string Id { get; } = id;

    public int Partition => GroupPartition.Of(Id, GroupWorld.Partitions);

    public ClassicGroupState State => Enum.Parse<ClassicGroupState>(world.Describe(Id).GroupState);

    public Inbox<JoinGroupResponse> Join(
        string memberId = "",
        string? instanceId = null,
        string[]? protocols = null,
        string[]? topics = null,
        string protocolType = "consumer",
        int sessionMs = 10_000,
        int rebalanceMs = 60_000,
        short version = 9,
        string? reason = null)
    {
        var request = new JoinGroupRequest
        {
            GroupId = Id,
            MemberId = memberId,
            GroupInstanceId = instanceId,
            ProtocolType = protocolType,
            SessionTimeoutMs = sessionMs,
            RebalanceTimeoutMs = rebalanceMs,
            Reason = reason,
        };
        foreach (string protocol in protocols ?? ["range"])
        {
            request.Protocols.Add(new JoinGroupRequest.JoinGroupRequestProtocol
            {
                Name = protocol,
                Metadata = Subscription(topics ?? ["orders"]),
            });
        }

        return world.Ask<JoinGroupRequest, JoinGroupResponse>(
            (r, c, to) => world.Coordinator.JoinGroup(r, c, to), request, version);
    }

    /// <summary>Gets an id and joins with it (KIP-394).</summary>
    public (string MemberId, Inbox<JoinGroupResponse> Join) JoinNew(
        int sessionMs = 10_000, int rebalanceMs = 60_000, string[]? protocols = null, string[]? topics = null)
    {
        JoinGroupResponse first = Join(sessionMs: sessionMs, rebalanceMs: rebalanceMs, protocols: protocols).Reply;
        Assert.Equal(ErrorCode.MemberIdRequired, (ErrorCode)first.ErrorCode);
        return (first.MemberId, Join(
            first.MemberId, sessionMs: sessionMs, rebalanceMs: rebalanceMs, protocols: protocols, topics: topics));
    }

    public Inbox<SyncGroupResponse> Sync(
        string memberId,
        int generation,
        string? instanceId = null,
        params (string Member, string Assignment)[] assignments)
    {
        var request = new SyncGroupRequest
        {
            GroupId = Id,
            MemberId = memberId,
            GenerationId = generation,
            GroupInstanceId = instanceId,
            ProtocolType = "consumer",
            ProtocolName = "range",
        };
        foreach ((string member, string assignment) in assignments)
        {
            request.Assignments.Add(new SyncGroupRequest.SyncGroupRequestAssignment
            {
                MemberId = member,
                Assignment = Encoding.UTF8.GetBytes(assignment),
            });
        }

        return Sync(request);
    }

    public Inbox<SyncGroupResponse> Sync(SyncGroupRequest request, short version = 5) =>
        world.Ask<SyncGroupRequest, SyncGroupResponse>(
            (r, c, to) => world.Coordinator.SyncGroup(r, c, to), request, version);

    public ErrorCode Heartbeat(string memberId, int generation, string? instanceId = null)
    {
        Inbox<HeartbeatResponse> inbox = world.Exchange<HeartbeatExchange, HeartbeatResponse>(
            new HeartbeatRequest
            {
                GroupId = Id,
                MemberId = memberId,
                GenerationId = generation,
                GroupInstanceId = instanceId,
            },
            4);
        return (ErrorCode)inbox.Reply.ErrorCode;
    }

    public Inbox<LeaveGroupResponse> Leave(params (string MemberId, string? InstanceId)[] members) =>
        world.Ask<LeaveGroupRequest, LeaveGroupResponse>(
            (r, c, to) => world.Coordinator.LeaveGroup(r, c, to),
            new LeaveGroupRequest
            {
                GroupId = Id,
                Members =
                [
                    .. members.Select(member => new LeaveGroupRequest.MemberIdentity
                    {
                        MemberId = member.MemberId, GroupInstanceId = member.InstanceId,
                    }),
                ],
            },
            5);

    public ErrorCode Leave(string memberId) =>
        (ErrorCode)Assert.Single(Leave((memberId, null)).Reply.Members).ErrorCode;

    public Inbox<OffsetCommitResponse> CommitAsync(
        string topic,
        int partition,
        long offset,
        string memberId = "",
        int generation = -1,
        string? instanceId = null,
        string? metadata = "",
        short version = 9,
        long retentionMs = -1)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = Id,
            MemberId = memberId,
            GenerationIdOrMemberEpoch = generation,
            GroupInstanceId = instanceId,
            RetentionTimeMs = retentionMs,
        };
        world.Topics.Ids.TryGetValue(topic, out Uuid topicId);
        request.Topics.Add(new OffsetCommitRequest.OffsetCommitRequestTopic
        {
            Name = version >= 10 ? "" : topic,
            TopicId = version >= 10 ? topicId : default,
            Partitions =
            [
                new OffsetCommitRequest.OffsetCommitRequestPartition
                {
                    PartitionIndex = partition, CommittedOffset = offset, CommittedMetadata = metadata,
                },
            ],
        });
        return world.Exchange<OffsetCommitExchange, OffsetCommitResponse>(request, version);
    }

    public ErrorCode Commit(
        string topic, int partition, long offset, string memberId = "", int generation = -1, short version = 9) =>
        Error(CommitAsync(topic, partition, offset, memberId, generation, version: version));

    public static ErrorCode Error(Inbox<OffsetCommitResponse> commit) =>
        (ErrorCode)Assert.Single(Assert.Single(commit.Reply.Topics).Partitions).ErrorCode;

    /// <summary>The committed offset, or -1.</summary>
    public long Fetch(string topic, int partition, bool requireStable = false)
    {
        OffsetFetchResponse reply = FetchAsync(topic, partition, requireStable).Reply;
        OffsetFetchResponse.OffsetFetchResponseGroup group = reply.Groups[0];
        Assert.Equal(ErrorCode.None, (ErrorCode)group.ErrorCode);
        return Assert.Single(Assert.Single(group.Topics).Partitions).CommittedOffset;
    }

    public Inbox<OffsetFetchResponse> FetchAsync(
        string? topic, int partition, bool requireStable = false, short version = 9)
    {
        var group = new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = Id, Topics = null };
        if (topic is not null)
        {
            world.Topics.Ids.TryGetValue(topic, out Uuid topicId);
            group.Topics =
            [
                new OffsetFetchRequest.OffsetFetchRequestTopics
                {
                    Name = version >= 10 ? "" : topic,
                    TopicId = version >= 10 ? topicId : default,
                    PartitionIndexes = [partition],
                },
            ];
        }

        return world.Ask<OffsetFetchRequest, OffsetFetchResponse>(
            (r, c, to) => world.Coordinator.FetchOffsets(r, c, to),
            new OffsetFetchRequest { Groups = [group], RequireStable = requireStable },
            version);
    }

    /// <summary>
    /// Brings a group of this many dynamic members to Stable: everybody joins, the leader assigns each member its own
    /// id.
    /// </summary>
    public (List<string> Members, int Generation) Stabilize(int count, int sessionMs = 10_000)
    {
        var joins = new List<(string MemberId, Inbox<JoinGroupResponse> Join)>();
        for (int i = 0; i < count; i++)
        {
            joins.Add(JoinNew(sessionMs));
        }

        // The initial delay of 3 s is extended once if somebody joins within it.
        world.Pass(TimeSpan.FromSeconds(6.1));
        int generation = joins[0].Join.Reply.GenerationId;
        string leader = joins[0].Join.Reply.Leader;
        List<string> members = [.. joins.Select(join => join.MemberId)];
        foreach (string member in members.Where(member => member != leader))
        {
            Sync(member, generation);
        }

        Sync(leader, generation, null, [.. members.Select(member => (member, $"for {member}"))]);
        Assert.Equal(ClassicGroupState.Stable, State);
        return (members, generation);
    }

    /// <summary>A consumer's subscription in version 0 of its layout.</summary>
    public static byte[] Subscription(params string[] topics)
    {
        var bytes = new List<byte> { 0, 0, 0, 0, 0, (byte)topics.Length };
        foreach (string topic in topics)
        {
            byte[] name = Encoding.UTF8.GetBytes(topic);
            bytes.AddRange([0, (byte)name.Length, .. name]);
        }

        return [.. bytes, 0xFF, 0xFF, 0xFF, 0xFF];
    }
}
