using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// OffsetFetch for one group. Without a list of topics it answers with all the group has (version 2). An offset that
/// belongs to another topic of the same name counts as none.
/// </summary>
internal sealed class OffsetFetches(GroupDirectory groups, OffsetStore offsets, TransactionalOffsets transactional)
{
    private const long NoOffset = -1;

    /// <param name="epoch">The state to read: the committed one, or the latest if the reply waits for its
    /// commit.</param>
    /// <param name="requireStable">
    /// KIP-447: offsets that an open transaction may still change are answered with UNSTABLE_OFFSET_COMMIT.
    /// </param>
    public OffsetFetchResponse.OffsetFetchResponseGroup Fetch(
        OffsetFetchRequest.OffsetFetchRequestGroup request, bool requireStable, long epoch)
    {
        var response = new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = request.GroupId };
        bool exists = groups.Find(request.GroupId, epoch) is not null;
        if (request.Topics is null)
        {
            if (exists)
            {
                FetchAll(request.GroupId, response, requireStable, epoch);
            }

            return response;
        }

        foreach (OffsetFetchRequest.OffsetFetchRequestTopics topic in request.Topics)
        {
            var answered = NewTopic(topic.Name, topic.TopicId);
            response.Topics.Add(answered);
            foreach (int partition in topic.PartitionIndexes)
            {
                CommittedOffset? committed = exists
                    ? offsets.Find(request.GroupId, topic.Name, partition, epoch)
                    : null;
                if (committed is { } found && !IsSameTopic(found.TopicId, topic.TopicId))
                {
                    committed = null;
                }

                bool isUnstable = requireStable && transactional.IsPending(request.GroupId, topic.Name, partition);
                answered.Partitions.Add(Answer(partition, committed, isUnstable));
            }
        }

        return response;
    }

    private void FetchAll(
        string groupId, OffsetFetchResponse.OffsetFetchResponseGroup response, bool requireStable, long epoch)
    {
        foreach (TopicOffsets topic in offsets.OfGroup(groupId, epoch))
        {
            var answered = NewTopic(topic.Topic, Uuid.Zero);
            response.Topics.Add(answered);
            foreach ((int partition, CommittedOffset committed) in topic.Partitions)
            {
                bool isUnstable = requireStable && transactional.IsPending(groupId, topic.Topic, partition);
                answered.Partitions.Add(Answer(partition, committed, isUnstable));
            }
        }
    }

    private static OffsetFetchResponse.OffsetFetchResponseTopics NewTopic(string name, Uuid id) =>
        new() { Name = name, TopicId = id };

    private static OffsetFetchResponse.OffsetFetchResponsePartitions Answer(
        int partition, CommittedOffset? committed, bool isUnstable)
    {
        CommittedOffset? shown = isUnstable ? null : committed;
        return new OffsetFetchResponse.OffsetFetchResponsePartitions
        {
            PartitionIndex = partition,
            CommittedOffset = shown?.Offset ?? NoOffset,
            CommittedLeaderEpoch = shown?.LeaderEpoch ?? -1,
            Metadata = shown?.Metadata ?? "",
            ErrorCode = (short)(isUnstable ? ErrorCode.UnstableOffsetCommit : ErrorCode.None),
        };
    }

    private static bool IsSameTopic(Uuid actual, Uuid expected) =>
        actual.IsZero || expected.IsZero || actual == expected;
}
