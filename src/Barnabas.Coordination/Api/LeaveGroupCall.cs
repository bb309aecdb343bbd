using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

internal sealed class LeaveGroupCall : GroupCall<LeaveGroupResponse>
{
    private const short FirstVersionWithMembers = 3;

    private readonly LeaveGroupRequest _request;

    public LeaveGroupCall(
        int partition, LeaveGroupRequest request, in RequestContext context, IReplyTo<LeaveGroupResponse> receiver)
        : base(partition, request.GroupId, context, new LeaveReceiver(receiver, context.ApiVersion))
    {
        _request = request;
        if (context.ApiVersion < FirstVersionWithMembers)
        {
            request.Members = [new LeaveGroupRequest.MemberIdentity { MemberId = request.MemberId }];
        }
    }

    public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed)
    {
        Response = new LeaveGroupResponse();
        return shard.Memberships.Leave(_request, Response, this, now);
    }

    protected override LeaveGroupResponse Refusal(ErrorCode error) => new() { ErrorCode = (short)error };

    /// <summary>Before version 3 the only member's error is the reply's.</summary>
    private sealed class LeaveReceiver(IReplyTo<LeaveGroupResponse> receiver, short apiVersion)
        : IReplyTo<LeaveGroupResponse>
    {
        public void Reply(LeaveGroupResponse response)
        {
            if (apiVersion < FirstVersionWithMembers && response.Members.Count > 0)
            {
                response.ErrorCode = response.ErrorCode == 0 ? response.Members[0].ErrorCode : response.ErrorCode;
                response.Members.Clear();
            }

            receiver.Reply(response);
        }
    }
}
