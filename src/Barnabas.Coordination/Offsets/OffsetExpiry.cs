using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// Removes offsets nobody needs any more, and groups that have neither members nor offsets.
/// </summary>
/// <remarks>
/// When an offset expires (<c>offsets.retention.minutes</c> after the time in the second column, or at the time its
/// client asked for):
/// <list type="table">
/// <item><term>group without protocol type (only stores offsets)</term><description>its commit</description></item>
/// <item><term>Empty</term><description>the group became empty; if that is not known, its commit</description></item>
/// <item><term>Stable group of consumers whose subscriptions are known, topic not among them</term>
/// <description>its commit</description></item>
/// <item><term>anything else: members are there, or a rebalance is under
/// way</term><description>never</description></item>
/// </list>
/// </remarks>
internal sealed class OffsetExpiry(
    GroupDirectory groups,
    OffsetStore offsets,
    TransactionalOffsets transactional,
    GroupCoordinatorOptions options,
    GroupCounters counters)
{
    public List<CoordinatorRecord> Expire(CoordinatorTime now)
    {
        var records = new List<CoordinatorRecord>();
        foreach (ClassicGroup group in groups.Sorted())
        {
            bool isBare = ExpireGroup(group, records, now.UnixMilliseconds) && !transactional.HasPending(group.Id);
            if (isBare && group.Is(ClassicGroupState.Empty))
            {
                records.Add(GroupRecords.GroupTombstone(group.Id));
            }
        }

        return records;
    }

    /// <summary>
    /// The offsets of topics that are gone. An offset without a topic id may be of any topic of that name.
    /// </summary>
    public List<CoordinatorRecord> DropTopics(IReadOnlyList<DeletedTopic> topics)
    {
        var records = new List<CoordinatorRecord>();
        foreach (string groupId in offsets.Groups())
        {
            foreach (TopicOffsets topic in offsets.OfGroup(groupId))
            {
                foreach ((int partition, CommittedOffset committed) in topic.Partitions)
                {
                    if (IsOf(topic.Topic, committed.TopicId, topics))
                    {
                        records.Add(GroupRecords.OffsetTombstone(groupId, topic.Topic, partition));
                    }
                }
            }
        }

        counters.CountDeletions(records.Count);
        return records;
    }

    // True if no offset of the group is left.
    private bool ExpireGroup(ClassicGroup group, List<CoordinatorRecord> records, long nowMs)
    {
        bool isBare = true;
        int before = records.Count;
        foreach (TopicOffsets topic in offsets.OfGroup(group.Id))
        {
            foreach ((int partition, CommittedOffset committed) in topic.Partitions)
            {
                if (IsExpired(group, topic.Topic, committed, nowMs)
                    && !transactional.IsPending(group.Id, topic.Topic, partition))
                {
                    records.Add(GroupRecords.OffsetTombstone(group.Id, topic.Topic, partition));
                }
                else
                {
                    isBare = false;
                }
            }
        }

        counters.CountExpirations(records.Count - before);
        return isBare;
    }

    private bool IsExpired(ClassicGroup group, string topic, CommittedOffset committed, long nowMs)
    {
        if (RetainedSince(group, topic, committed) is not { } since)
        {
            return false;
        }

        // I-40: never an offset that a live member reads by.
        Invariant.That(group.Is(ClassicGroupState.Empty) || !group.IsSubscribedTo(topic));
        return committed.ExpireTimestampMs is { } expires
            ? nowMs >= expires
            : nowMs - since >= options.OffsetsRetention.TotalMilliseconds;
    }

    private static long? RetainedSince(ClassicGroup group, string topic, CommittedOffset committed)
    {
        if (group.ProtocolType is null)
        {
            return group.Members.Count == 0 ? committed.CommitTimestampMs : null;
        }

        return group.State switch
        {
            ClassicGroupState.Empty => group.StateSinceMs ?? committed.CommitTimestampMs,
            ClassicGroupState.Stable when group.SubscribedTopics is not null && !group.IsSubscribedTo(topic) =>
                committed.CommitTimestampMs,
            _ => null,
        };
    }

    private static bool IsOf(string topic, Uuid topicId, IReadOnlyList<DeletedTopic> deleted)
    {
        foreach (DeletedTopic gone in deleted)
        {
            if (gone.Name == topic && (topicId.IsZero || topicId == gone.Id))
            {
                return true;
            }
        }

        return false;
    }
}
