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
    private const long DefaultRetention = -1;

    /// <summary>
    /// Decides about offsets of partitions that exist. An error is for all of them and writes nothing; else each answer
    /// tells its partition's fate, and the records make it so.
    /// </summary>
    public ErrorCode Commit(
        OffsetCommitRequest request,
        short apiVersion,
        List<OffsetToCommit> toCommit,
        List<CoordinatorRecord> records,
        CoordinatorTime now)
    {
        ErrorCode error = Validate(request, apiVersion, now);
        if (error != ErrorCode.None)
        {
            return error;
        }

        long? expires = request.RetentionTimeMs == DefaultRetention
            ? null
            : now.UnixMilliseconds + request.RetentionTimeMs;
        foreach (OffsetToCommit offset in toCommit)
        {
            string metadata = offset.Partition.CommittedMetadata ?? "";
            if (metadata.Length > options.OffsetMetadataBytesMax)
            {
                offset.Answer.ErrorCode = (short)ErrorCode.OffsetMetadataTooLarge;
                continue;
            }

            var committed = new CommittedOffset(
                -1,
                offset.Partition.CommittedOffset,
                offset.Partition.CommittedLeaderEpoch,
                metadata,
                now.UnixMilliseconds,
                expires,
                offset.TopicId);
            records.Add(
                GroupRecords.Offset(request.GroupId, offset.Topic, offset.Partition.PartitionIndex, committed));
        }

        counters.CountCommits(records.Count);
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

    private ErrorCode Validate(OffsetCommitRequest request, short apiVersion, CoordinatorTime now)
    {
        int generation = request.GenerationIdOrMemberEpoch;
        if (!groups.TryFind(request.GroupId, out ClassicGroup? group))
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

        if (generation < 0 && request.MemberId.Length == 0 && request.GroupInstanceId is null)
        {
            // The group has members: only they may commit.
            return ErrorCode.UnknownMemberId;
        }

        ErrorCode error = group.Validate(request.MemberId, request.GroupInstanceId);
        if (error != ErrorCode.None || !group.TryGetMember(request.MemberId, out ClassicMember? member))
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
