using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// UnregisterBroker (64): removes a broker that will not come back (KIP-500). Decided by the controller.
/// </summary>
internal sealed class UnregisterBrokerHandler(IControllerChannel controller) : MessageHandler<UnregisterBrokerRequest>
{
    public override ApiKey Api => ApiKey.UnregisterBroker;

    protected override void Handle(Request request, UnregisterBrokerRequest message) =>
        ControllerReply<UnregisterBrokerCommand>.Submit(
            controller, request, new UnregisterBrokerCommand(message), static done => done.Response);
}
