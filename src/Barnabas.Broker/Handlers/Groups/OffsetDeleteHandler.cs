using Barnabas.Coordination;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// OffsetDelete (47): removes offsets of topics that a group no longer subscribes to (KIP-496).
/// </summary>
internal sealed class OffsetDeleteHandler(GroupCoordinator groups) : MessageHandler<OffsetDeleteRequest>
{
    public override ApiKey Api => ApiKey.OffsetDelete;

    protected override void Handle(Request request, OffsetDeleteRequest message) =>
        groups.DeleteOffsets(message, GroupContext.Of(request), request);
}
