using Barnabas.Coordination;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// DeleteGroups (42): removes groups without members, with their offsets (KIP-229).
/// </summary>
internal sealed class DeleteGroupsHandler(GroupCoordinator groups) : MessageHandler<DeleteGroupsRequest>
{
    public override ApiKey Api => ApiKey.DeleteGroups;

    protected override void Handle(Request request, DeleteGroupsRequest message) =>
        groups.DeleteGroups(message, request);
}
