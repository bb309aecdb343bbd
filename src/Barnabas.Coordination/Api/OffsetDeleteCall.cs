using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

internal sealed class OffsetDeleteCall(
    int partition,
    OffsetDeleteRequest request,
    in RequestContext context,
    ICoordinatorTopics topics,
    IReplyTo<OffsetDeleteResponse> receiver)
    : GroupCall<OffsetDeleteResponse>(partition, request.GroupId, context, receiver)
{
    public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed)
    {
        var records = new List<CoordinatorRecord>();
        Response = new OffsetDeleteResponse();
        Response.ErrorCode = (short)shard.Commits.Delete(request, Response, records, topics);
        return CoordinatorResult.Write(records, this);
    }

    protected override OffsetDeleteResponse Refusal(ErrorCode error) => new() { ErrorCode = (short)error };
}
