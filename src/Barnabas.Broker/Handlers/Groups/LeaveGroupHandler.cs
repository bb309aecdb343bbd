using Barnabas.Coordination;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>LeaveGroup (13): members go. Version 3 removes several at once, by instance id too (KIP-345).</summary>
internal sealed class LeaveGroupHandler(GroupCoordinator groups) : MessageHandler<LeaveGroupRequest>
{
    public override ApiKey Api => ApiKey.LeaveGroup;

    protected override void Handle(Request request, LeaveGroupRequest message) =>
        groups.LeaveGroup(message, GroupContext.Of(request), request);
}
