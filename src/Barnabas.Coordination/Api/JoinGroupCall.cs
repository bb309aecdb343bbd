using System.Text;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

internal sealed class JoinGroupCall : GroupCall<JoinGroupResponse>
{
    // A member id is the client's or the instance's name, '-', and 36 characters; the record that holds it has no
    // string above 32,767 bytes.
    private const int NameBytesMax = short.MaxValue - 37;

    private readonly JoinGroupRequest _request;
    private readonly GroupCoordinatorOptions _options;

    public JoinGroupCall(
        int partition,
        JoinGroupRequest request,
        in RequestContext context,
        GroupCoordinatorOptions options,
        IReplyTo<JoinGroupResponse> receiver)
        : base(partition, request.GroupId, context, new JoinReceiver(receiver, context.ApiVersion))
    {
        _request = request;
        _options = options;
        if (context.ApiVersion == 0)
        {
            request.RebalanceTimeoutMs = request.SessionTimeoutMs;
        }
    }

    public override ErrorCode Check()
    {
        ErrorCode error = base.Check();
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (_request.SessionTimeoutMs < _options.MinSessionTimeoutMs
            || _request.SessionTimeoutMs > _options.MaxSessionTimeoutMs)
        {
            return ErrorCode.InvalidSessionTimeout;
        }

        return Encoding.UTF8.GetByteCount(_request.GroupInstanceId ?? Context.ClientId) > NameBytesMax
            ? ErrorCode.InvalidRequest
            : ErrorCode.None;
    }

    public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed) =>
        shard.Joins.Join(_request, Context, Reply, now);

    protected override JoinGroupResponse Refusal(ErrorCode error) => GroupReplies.JoinError(_request.MemberId, error);

    /// <summary>Before version 7 a reply without a protocol has an empty name, not none.</summary>
    private sealed class JoinReceiver(IReplyTo<JoinGroupResponse> receiver, short apiVersion)
        : IReplyTo<JoinGroupResponse>
    {
        private const short FirstVersionWithNullProtocol = 7;

        public void Reply(JoinGroupResponse response)
        {
            if (apiVersion < FirstVersionWithNullProtocol)
            {
                response.ProtocolName ??= "";
            }

            receiver.Reply(response);
        }
    }
}
