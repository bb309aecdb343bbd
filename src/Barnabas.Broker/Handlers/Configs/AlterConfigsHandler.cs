using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// AlterConfigs (33): replaces the whole configuration of a resource; superseded by IncrementalAlterConfigs (KIP-339).
/// Decided by the controller; a broker takes changes of no other broker.
/// </summary>
internal sealed class AlterConfigsHandler(IControllerChannel controller, BrokerId? self)
    : MessageHandler<AlterConfigsRequest>
{
    public override ApiKey Api => ApiKey.AlterConfigs;

    protected override void Handle(Request request, AlterConfigsRequest message) =>
        ControllerReply<AlterConfigsCommand>.Submit(
            controller,
            request,
            new AlterConfigsCommand(message) { AskedBroker = self },
            static done => done.Response);
}
