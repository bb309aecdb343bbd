using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// OffsetFetch, versions 1 to 10: one group up to version 7, several from version 8, topics by id from version 10.
/// Errors stand at each partition in version 1, at the reply up to version 7, and at each group from version 8.
/// </summary>
internal sealed class OffsetFetchCall(
    CoordinatorDriver<GroupShard> driver,
    int partitions,
    OffsetFetchRequest request,
    RequestContext context,
    ICoordinatorTopics topics,
    IReplyTo<OffsetFetchResponse> receiver)
    : GatheringCall<OffsetFetchResponse>(driver, receiver, new OffsetFetchResponse())
{
    private const short FirstVersionWithTopLevelError = 2;
    private const short FirstVersionWithGroups = 8;
    private const short FirstVersionWithTopicIds = 10;

    private OffsetFetchRequest Request => request;

    private short ApiVersion => context.ApiVersion;

    protected override void AskAll()
    {
        if (context.ApiVersion < FirstVersionWithGroups)
        {
            request.Groups = [ToGroup(request)];
        }

        foreach (OffsetFetchRequest.OffsetFetchRequestGroup group in request.Groups)
        {
            Response.Groups.Add(new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = group.GroupId });
        }

        for (int i = 0; i < request.Groups.Count; i++)
        {
            OffsetFetchRequest.OffsetFetchRequestGroup group = request.Groups[i];
            List<OffsetFetchResponse.OffsetFetchResponseTopics> unknown = TakeUnknownTopics(group);
            Ask(new FetchPart(this, GroupPartition.Of(group.GroupId, partitions), i, unknown));
        }
    }

    protected override void Finish()
    {
        if (context.ApiVersion < FirstVersionWithGroups)
        {
            ToSingleGroup(Response);
        }
    }

    private static OffsetFetchRequest.OffsetFetchRequestGroup ToGroup(OffsetFetchRequest request)
    {
        var group = new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = request.GroupId };
        if (request.Topics is null)
        {
            group.Topics = null;
            return group;
        }

        group.Topics = [];
        foreach (OffsetFetchRequest.OffsetFetchRequestTopic topic in request.Topics)
        {
            group.Topics.Add(new OffsetFetchRequest.OffsetFetchRequestTopics
            {
                Name = topic.Name,
                PartitionIndexes = topic.PartitionIndexes,
            });
        }

        return group;
    }

    private static void ToSingleGroup(OffsetFetchResponse response)
    {
        OffsetFetchResponse.OffsetFetchResponseGroup group = response.Groups[0];
        response.Groups.Clear();
        response.ErrorCode = group.ErrorCode;
        foreach (OffsetFetchResponse.OffsetFetchResponseTopics topic in group.Topics)
        {
            var single = new OffsetFetchResponse.OffsetFetchResponseTopic { Name = topic.Name };
            response.Topics.Add(single);
            foreach (OffsetFetchResponse.OffsetFetchResponsePartitions partition in topic.Partitions)
            {
                single.Partitions.Add(new OffsetFetchResponse.OffsetFetchResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    CommittedOffset = partition.CommittedOffset,
                    CommittedLeaderEpoch = partition.CommittedLeaderEpoch,
                    Metadata = partition.Metadata,
                    ErrorCode = partition.ErrorCode,
                });
            }
        }
    }

    /// <summary>Gives topics that came by id their names; takes out, and answers, those nobody knows.</summary>
    private List<OffsetFetchResponse.OffsetFetchResponseTopics> TakeUnknownTopics(
        OffsetFetchRequest.OffsetFetchRequestGroup group)
    {
        var unknown = new List<OffsetFetchResponse.OffsetFetchResponseTopics>();
        if (context.ApiVersion < FirstVersionWithTopicIds || group.Topics is null)
        {
            return unknown;
        }

        var known = new List<OffsetFetchRequest.OffsetFetchRequestTopics>(group.Topics.Count);
        foreach (OffsetFetchRequest.OffsetFetchRequestTopics topic in group.Topics)
        {
            if (topics.TryGetName(topic.TopicId, out string? name))
            {
                topic.Name = name;
                known.Add(topic);
            }
            else
            {
                unknown.Add(Failed(topic, ErrorCode.UnknownTopicId));
            }
        }

        group.Topics = known;
        return unknown;
    }

    /// <summary>
    /// Who asked for all topics gets them by name from the offsets; where the version has ids only, a topic that is
    /// gone cannot be told of.
    /// </summary>
    private void GiveIds(OffsetFetchResponse.OffsetFetchResponseGroup group)
    {
        if (context.ApiVersion < FirstVersionWithTopicIds)
        {
            return;
        }

        foreach (OffsetFetchResponse.OffsetFetchResponseTopics topic in group.Topics)
        {
            if (topic.TopicId.IsZero && topics.TryGetId(topic.Name, out Uuid id))
            {
                topic.TopicId = id;
            }
        }

        group.Topics.RemoveAll(static topic => topic.TopicId.IsZero);
    }

    private static OffsetFetchResponse.OffsetFetchResponseTopics Failed(
        OffsetFetchRequest.OffsetFetchRequestTopics topic, ErrorCode error)
    {
        var failed = new OffsetFetchResponse.OffsetFetchResponseTopics { Name = topic.Name, TopicId = topic.TopicId };
        foreach (int partition in topic.PartitionIndexes)
        {
            failed.Partitions.Add(new OffsetFetchResponse.OffsetFetchResponsePartitions
            {
                PartitionIndex = partition,
                CommittedOffset = -1,
                CommittedLeaderEpoch = -1,
                Metadata = "",
                ErrorCode = (short)error,
            });
        }

        return failed;
    }

    private sealed class FetchPart(
        OffsetFetchCall whole,
        int partition,
        int place,
        List<OffsetFetchResponse.OffsetFetchResponseTopics> unknown) : Part(whole, partition)
    {
        private OffsetFetchRequest.OffsetFetchRequestGroup Group => whole.Request.Groups[place];

        public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed)
        {
            // A reader that wants stable offsets waits for what is written; others get what is committed, at once.
            bool requireStable = whole.Request.RequireStable;
            OffsetFetchResponse.OffsetFetchResponseGroup fetched = shard.Fetches.Fetch(
                Group, requireStable, requireStable ? SnapshotRegistry.Latest : committed);
            whole.GiveIds(fetched);
            fetched.Topics.AddRange(unknown);
            whole.Response.Groups[place] = fetched;
            if (requireStable)
            {
                return CoordinatorResult.After(this);
            }

            Complete(ErrorCode.None);
            return CoordinatorResult.Nothing;
        }

        protected override void Fill(ErrorCode error)
        {
            if (error == ErrorCode.None)
            {
                return;
            }

            // Consumers before 3.9 do not expect COORDINATOR_NOT_AVAILABLE here; looking for the coordinator is no
            // harm.
            ErrorCode told = error == ErrorCode.CoordinatorNotAvailable
                ? ErrorCode.NotCoordinator
                : error;
            var failed = new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = Group.GroupId };
            whole.Response.Groups[place] = failed;
            if (whole.ApiVersion >= FirstVersionWithTopLevelError)
            {
                failed.ErrorCode = (short)told;
            }
            else
            {
                foreach (OffsetFetchRequest.OffsetFetchRequestTopics topic in Group.Topics ?? [])
                {
                    failed.Topics.Add(Failed(topic, told));
                }
            }
        }
    }
}
