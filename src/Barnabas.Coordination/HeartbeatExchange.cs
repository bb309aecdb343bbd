using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>Heartbeats, versions 0 to 4.</summary>
public sealed class HeartbeatExchange : GroupExchange
{
    private readonly HeartbeatResponse _response = new();
    private ErrorCode _answer;

    public override void WriteReply(ReplyBuffer buffer, ErrorCode error)
    {
        _response.ErrorCode = (short)error;
        buffer.Append(_response, ApiVersion);
    }

    private protected override bool TryRead(ReadOnlySpan<byte> frame, int bodyStart)
    {
        if (!HeartbeatRequestReader.TryOpen(frame, bodyStart, ApiVersion, out HeartbeatRequestReader request))
        {
            return false;
        }

        Claim.Set(
            request.GroupId,
            request.GenerationId,
            request.MemberId,
            request.HasGroupInstanceId,
            request.GroupInstanceId);
        return true;
    }

    private protected override ErrorCode Check() =>
        Claim.GroupId.IsEmpty ? ErrorCode.InvalidGroupId : ErrorCode.None;

    private protected override CoordinatorResult Ask(
        GroupShard shard, ICoordinatorCompletion completion, CoordinatorTime now)
    {
        _answer = shard.Memberships.Heartbeat(Claim, now);
        return CoordinatorResult.After(completion);
    }

    private protected override ErrorCode Conclude(ErrorCode fate) =>
        fate == ErrorCode.None ? _answer : Refuse(fate);

    // While the group is loaded nobody's session runs, so a heartbeat has done what it can.
    private protected override ErrorCode Refuse(ErrorCode error) =>
        error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : error;
}
