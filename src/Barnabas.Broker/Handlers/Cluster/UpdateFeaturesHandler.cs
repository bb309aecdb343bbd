using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// UpdateFeatures (57): raises or lowers finalized feature levels (KIP-584); version 1 tells safe from unsafe
/// downgrades, version 2 has one answer for all features (KIP-1022). Decided by the controller.
/// </summary>
internal sealed class UpdateFeaturesHandler(IControllerChannel controller) : MessageHandler<UpdateFeaturesRequest>
{
    public override ApiKey Api => ApiKey.UpdateFeatures;

    protected override void Handle(Request request, UpdateFeaturesRequest message) =>
        ControllerReply<UpdateFeaturesCommand>.Submit(
            controller,
            request,
            new UpdateFeaturesCommand(message, controller.KRaftVersion),
            static done => done.Response);
}
