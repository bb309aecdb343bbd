using Barnabas.Coordination;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// OffsetCommit (8): a group keeps how far it has read. Version 6 tells the leader epoch (KIP-320), version 7 names
/// static members (KIP-345), version 10 names topics by id (KIP-848).
/// </summary>
internal sealed class OffsetCommitHandler(GroupCoordinator groups) : GroupExchangeHandler<OffsetCommitExchange>(groups)
{
    public override ApiKey Api => ApiKey.OffsetCommit;
}
