using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

internal sealed class HeartbeatCall(
    int partition, HeartbeatRequest request, in RequestContext context, IReplyTo<HeartbeatResponse> receiver)
    : GroupCall<HeartbeatResponse>(partition, request.GroupId, context, receiver)
{
    public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed)
    {
        Response = new HeartbeatResponse { ErrorCode = (short)shard.Memberships.Heartbeat(request, now) };
        return CoordinatorResult.After(this);
    }

    // While the group is loaded nobody's session runs, so a heartbeat has done what it can.
    protected override HeartbeatResponse Refusal(ErrorCode error) => new()
    {
        ErrorCode = (short)(error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : error),
    };
}
