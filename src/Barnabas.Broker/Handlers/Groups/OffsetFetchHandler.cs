using Barnabas.Coordination;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// OffsetFetch (9): how far groups have read. Version 7 can insist on decided offsets (KIP-447), version 8 asks for
/// several groups at once (KIP-709), version 10 names topics by id (KIP-848).
/// </summary>
internal sealed class OffsetFetchHandler(GroupCoordinator groups) : MessageHandler<OffsetFetchRequest>
{
    public override ApiKey Api => ApiKey.OffsetFetch;

    protected override void Handle(Request request, OffsetFetchRequest message) =>
        groups.FetchOffsets(message, GroupContext.Of(request), request);
}
