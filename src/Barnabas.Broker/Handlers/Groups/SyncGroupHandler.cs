using Barnabas.Coordination;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>SyncGroup (14): the leader hands in the assignment, all others wait for theirs. Version 3 names static
/// members (KIP-345), version 5 checks the protocol (KIP-559).</summary>
internal sealed class SyncGroupHandler(GroupCoordinator groups) : MessageHandler<SyncGroupRequest>
{
    public override ApiKey Api => ApiKey.SyncGroup;

    protected override void Handle(Request request, SyncGroupRequest message) =>
        groups.SyncGroup(message, GroupContext.Of(request), request);
}
