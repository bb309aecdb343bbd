using Barnabas.Coordination;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>JoinGroup (11): a member asks to take part in the next generation. Version 4 hands out member ids first
/// (KIP-394), version 5 names static members (KIP-345), version 8 carries a reason (KIP-800), version 9 lets the leader
/// skip the assignment (KIP-814).</summary>
internal sealed class JoinGroupHandler(GroupCoordinator groups) : MessageHandler<JoinGroupRequest>
{
    public override ApiKey Api => ApiKey.JoinGroup;

    protected override void Handle(Request request, JoinGroupRequest message) =>
        groups.JoinGroup(message, GroupContext.Of(request), request);
}
