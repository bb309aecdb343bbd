using Barnabas.Coordination;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>Heartbeat (12): a member is alive, and learns that a rebalance has begun.</summary>
internal sealed class HeartbeatHandler(GroupCoordinator groups) : GroupExchangeHandler<HeartbeatExchange>(groups)
{
    public override ApiKey Api => ApiKey.Heartbeat;
}
