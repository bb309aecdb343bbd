using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>CreatePartitions (37): gives topics more partitions (KIP-195). Decided by the controller.</summary>
internal sealed class CreatePartitionsHandler(IControllerChannel controller) : MessageHandler<CreatePartitionsRequest>
{
    public override ApiKey Api => ApiKey.CreatePartitions;

    protected override void Handle(Request request, CreatePartitionsRequest message) =>
        ControllerReply<CreatePartitionsCommand>.Submit(
            controller, request, new CreatePartitionsCommand(message), static done => done.Response);
}
