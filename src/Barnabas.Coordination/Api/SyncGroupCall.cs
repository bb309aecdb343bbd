using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

internal sealed class SyncGroupCall(
    int partition, SyncGroupRequest request, in RequestContext context, IReplyTo<SyncGroupResponse> receiver)
    : GroupCall<SyncGroupResponse>(partition, request.GroupId, context, receiver)
{
    private const short FirstVersionWithProtocol = 5;

    public override ErrorCode Check()
    {
        ErrorCode error = base.Check();
        if (error != ErrorCode.None || Context.ApiVersion < FirstVersionWithProtocol)
        {
            return error;
        }

        // KIP-559 makes both mandatory from version 5.
        return request.ProtocolType is null || request.ProtocolName is null
            ? ErrorCode.InconsistentGroupProtocol
            : ErrorCode.None;
    }

    public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed) =>
        shard.Syncs.Sync(request, Reply, now);

    protected override SyncGroupResponse Refusal(ErrorCode error) => GroupReplies.SyncError(error);
}
