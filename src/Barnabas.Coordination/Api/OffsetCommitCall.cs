using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

internal sealed class OffsetCommitCall(
    int partition,
    OffsetCommitRequest request,
    in RequestContext context,
    ICoordinatorTopics topics,
    IReplyTo<OffsetCommitResponse> receiver)
    : GroupCall<OffsetCommitResponse>(partition, request.GroupId, context, receiver)
{
    private const short FirstVersionWithTopicIds = 10;

    // The empty group id is allowed here: very old simple consumers use it.
    public override ErrorCode Check() => ErrorCode.None;

    public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed)
    {
        List<OffsetToCommit> offsets = Resolve();
        if (offsets.Count == 0)
        {
            Reply.Answer(Response!);
            return CoordinatorResult.Nothing;
        }

        var records = new List<CoordinatorRecord>(offsets.Count);
        ErrorCode error = shard.Commits.Commit(request, Context.ApiVersion, offsets, records, now);
        if (error != ErrorCode.None)
        {
            Fail(error);
        }

        return CoordinatorResult.Write(records, this);
    }

    protected override OffsetCommitResponse Refusal(ErrorCode error)
    {
        if (Response is null)
        {
            Resolve();
        }

        Fail(error);
        return Response!;
    }

    /// <summary>
    /// Makes the response with an error for each partition that does not exist, and lists the others.
    /// </summary>
    private List<OffsetToCommit> Resolve()
    {
        var response = new OffsetCommitResponse();
        var offsets = new List<OffsetToCommit>();
        foreach (OffsetCommitRequest.OffsetCommitRequestTopic topic in request.Topics)
        {
            ErrorCode error = ResolveTopic(topic, out string name, out Uuid id);
            var answered = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = name, TopicId = topic.TopicId };
            response.Topics.Add(answered);
            foreach (OffsetCommitRequest.OffsetCommitRequestPartition partition in topic.Partitions)
            {
                ErrorCode outcome = error == ErrorCode.None && !topics.HasPartition(id, partition.PartitionIndex)
                    ? ErrorCode.UnknownTopicOrPartition
                    : error;
                var answer = new OffsetCommitResponse.OffsetCommitResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = (short)outcome,
                };
                answered.Partitions.Add(answer);
                if (outcome == ErrorCode.None)
                {
                    offsets.Add(new OffsetToCommit(name, id, partition, answer));
                }
            }
        }

        Response = response;
        return offsets;
    }

    private ErrorCode ResolveTopic(OffsetCommitRequest.OffsetCommitRequestTopic topic, out string name, out Uuid id)
    {
        if (Context.ApiVersion >= FirstVersionWithTopicIds)
        {
            id = topic.TopicId;
            bool isKnown = topics.TryGetName(id, out string? found);
            name = found ?? "";
            return isKnown ? ErrorCode.None : ErrorCode.UnknownTopicId;
        }

        name = topic.Name;
        return topics.TryGetId(name, out id) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
    }

    // What was wrong with a partition itself stays said; the rest shares the error.
    private void Fail(ErrorCode error)
    {
        foreach (OffsetCommitResponse.OffsetCommitResponseTopic topic in Response!.Topics)
        {
            foreach (OffsetCommitResponse.OffsetCommitResponsePartition partition in topic.Partitions)
            {
                if (partition.ErrorCode == (short)ErrorCode.None)
                {
                    partition.ErrorCode = (short)error;
                }
            }
        }
    }
}
