using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// IncrementalAlterConfigs (44): sets, deletes, appends to and subtracts from configurations (KIP-339). Decided by the
/// controller; a broker takes changes of no other broker.
/// </summary>
internal sealed class IncrementalAlterConfigsHandler(IControllerChannel controller, BrokerId? self)
    : MessageHandler<IncrementalAlterConfigsRequest>
{
    public override ApiKey Api => ApiKey.IncrementalAlterConfigs;

    protected override void Handle(Request request, IncrementalAlterConfigsRequest message) =>
        ControllerReply<IncrementalAlterConfigsCommand>.Submit(
            controller,
            request,
            new IncrementalAlterConfigsCommand(message) { AskedBroker = self },
            static done => done.Response);
}
