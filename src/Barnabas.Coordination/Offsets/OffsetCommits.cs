using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// OffsetCommit, versions 2 to 10. A member commits with its id and generation; anybody may commit for a group without
/// members by sending generation -1 (simple consumers, administrators).
/// </summary>
internal sealed class OffsetCommits(
    GroupDirectory groups,
    OffsetStore offsets,
    Rebalances rebalances,
    GroupCoordinatorOptions options,
    GroupCounters counters)
{
    private const short FirstVersionWithGroupIdNotFound = 9;
    private const short FirstVersionWithTopicIds = 10;
    private const long DefaultRetention = -1;

    private readonly OffsetRecords _records = new();
    private readonly ReusedText _metadata = new();

    /// <summary>What is wrong with the topic that a walk over a request stands on; else its name and id.</summary>
    public static ErrorCode Resolve(
        OffsetCommitRequestReader request, short apiVersion, ICoordinatorTopics topics, out string name, out Uuid id)
    {
        if (apiVersion >= FirstVersionWithTopicIds)
        {
            id = request.TopicId;
            bool isKnown = topics.TryGetName(id, out string? found);
            name = found ?? "";
            return isKnown ? ErrorCode.None : ErrorCode.UnknownTopicId;
        }

        bool exists = topics.TryFind(request.TopicName, out string? known, out id);
        name = known ?? "";
        return exists ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
    }

    /// <summary>
    /// Decides about the partitions without an outcome yet. An error is for all of them and writes nothing; else an
    /// outcome may tell a partition's own, and the records make the rest so. They are valid until the next commit.
    /// </summary>
    public ErrorCode Commit(
        MemberClaim claim,
        short apiVersion,
        OffsetCommitRequestReader request,
        ICoordinatorTopics topics,
        Span<ErrorCode> outcomes,
        CoordinatorTime now,
        out IReadOnlyList<CoordinatorRecord> records)
    {
        _records.Clear();
        records = _records;
        ErrorCode error = Validate(claim, apiVersion, now, out ClassicGroup? group);
        if (error != ErrorCode.None)
        {
            return error;
        }

        string groupId = group?.Id ?? new string(claim.GroupId);
        int at = 0;
        while (request.MoveNextTopic())
        {
            // Deleted since the outcomes were looked up, perhaps: its offsets are of no use to anybody.
            ErrorCode gone = Resolve(request, apiVersion, topics, out string topic, out Uuid topicId);
            for (; request.MoveNextPartition(); at++)
            {
                if (outcomes[at] == ErrorCode.None)
                {
                    outcomes[at] = gone == ErrorCode.None ? Add(groupId, topic, topicId, request, now) : gone;
                }
            }
        }

        _metadata.Trim();
        counters.CountCommits(_records.Count);
        return ErrorCode.None;
    }

    /// <summary>OffsetDelete: of topics that no live member subscribes to (KIP-496).</summary>
    public ErrorCode Delete(
        OffsetDeleteRequest request,
        OffsetDeleteResponse response,
        List<CoordinatorRecord> records,
        ICoordinatorTopics topics)
    {
        if (!groups.TryFind(request.GroupId, out ClassicGroup? group))
        {
            return ErrorCode.GroupIdNotFound;
        }

        if (!group.Is(ClassicGroupState.Empty) && !group.IsConsumerGroup)
        {
            // What the members of such a group use is not known.
            return ErrorCode.NonEmptyGroup;
        }

        foreach (OffsetDeleteRequest.OffsetDeleteRequestTopic topic in request.Topics)
        {
            bool isSubscribed = group.IsSubscribedTo(topic.Name);
            bool isTopic = topics.TryGetId(topic.Name, out Uuid id);
            var answered = new OffsetDeleteResponse.OffsetDeleteResponseTopic { Name = topic.Name };
            response.Topics.Add(answered);
            foreach (OffsetDeleteRequest.OffsetDeleteRequestPartition partition in topic.Partitions)
            {
                ErrorCode error = !isTopic || !topics.HasPartition(id, partition.PartitionIndex)
                    ? ErrorCode.UnknownTopicOrPartition
                    : isSubscribed ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None;
                answered.Partitions.Add(new OffsetDeleteResponse.OffsetDeleteResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = (short)error,
                });
                if (error == ErrorCode.None
                    && offsets.Find(request.GroupId, topic.Name, partition.PartitionIndex) is not null)
                {
                    records.Add(
                        GroupRecords.OffsetTombstone(request.GroupId, topic.Name, partition.PartitionIndex));
                }
            }
        }

        counters.CountDeletions(records.Count);
        return ErrorCode.None;
    }

    private ErrorCode Add(
        string groupId, string topic, Uuid topicId, OffsetCommitRequestReader request, CoordinatorTime now)
    {
        _metadata.Set(request.CommittedMetadata);
        if (_metadata.Text.Length > options.OffsetMetadataBytesMax)
        {
            return ErrorCode.OffsetMetadataTooLarge;
        }

        // Most consumers say the same each time: its string is kept.
        string? before = offsets.Find(groupId, topic, request.PartitionIndex)?.Metadata;
        var committed = new CommittedOffset(
            -1,
            request.CommittedOffset,
            request.CommittedLeaderEpoch,
            _metadata.Text.SequenceEqual(before) ? before ?? "" : new string(_metadata.Text),
            now.UnixMilliseconds,
            request.RetentionTimeMs == DefaultRetention ? null : now.UnixMilliseconds + request.RetentionTimeMs,
            topicId);
        _records.Add(groupId, topic, request.PartitionIndex, committed);
        return ErrorCode.None;
    }

    private ErrorCode Validate(
        MemberClaim claim, short apiVersion, CoordinatorTime now, out ClassicGroup? group)
    {
        int generation = claim.Generation;
        if (!groups.TryFind(claim.GroupId, out group))
        {
            // Without membership the group comes into being with its first offset.
            return generation < 0 ? ErrorCode.None
                : apiVersion >= FirstVersionWithGroupIdNotFound ? ErrorCode.GroupIdNotFound
                : ErrorCode.IllegalGeneration;
        }

        if (generation < 0 && group.Is(ClassicGroupState.Empty))
        {
            return ErrorCode.None;
        }

        if (generation < 0 && claim.MemberId.IsEmpty && !claim.IsStatic)
        {
            // The group has members: only they may commit.
            return ErrorCode.UnknownMemberId;
        }

        ErrorCode error = group.Validate(claim.MemberId, claim.IsStatic, claim.InstanceId);
        if (error != ErrorCode.None || !group.TryGetMember(claim.MemberId, out ClassicMember? member))
        {
            return error;
        }

        if (generation != group.Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        if (group.Is(ClassicGroupState.CompletingRebalance))
        {
            // The member is of this generation but cannot have an assignment of it yet: it commits for the last one.
            return ErrorCode.RebalanceInProgress;
        }

        // I-40: a current member with the current generation. Committing shows that it lives.
        Invariant.That(group.Is(ClassicGroupState.Stable) || group.Is(ClassicGroupState.PreparingRebalance));
        rebalances.ArmSession(group, member, now);
        return ErrorCode.None;
    }
}
