using Barnabas.Coordination;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// ListGroups (16): the groups that this broker coordinates, filtered by state from version 4 on (KIP-518) and by type
/// from version 5 on (KIP-848).
/// </summary>
internal sealed class ListGroupsHandler(GroupCoordinator groups) : MessageHandler<ListGroupsRequest>
{
    public override ApiKey Api => ApiKey.ListGroups;

    protected override void Handle(Request request, ListGroupsRequest message) =>
        groups.ListGroups(message, request);
}
