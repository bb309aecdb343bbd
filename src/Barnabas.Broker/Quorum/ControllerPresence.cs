using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// Keeps this node's controller registered with its endpoints and features (KIP-919), as soon as the cluster's
/// metadata.version knows such registrations and again if somebody takes it away. On the metadata mailbox.
/// </summary>
internal sealed class ControllerPresence(
    IControllerChannel controller,
    IMailbox mailbox,
    ControllerRegistrationRequest registration) : IMetadataSubscriber
{
    private readonly BrokerId _self = new(registration.ControllerId);
    private bool _isAsking;

    public void Apply(MetadataImage image, MetadataDelta delta) => Look(image);

    /// <summary>Registers if <paramref name="image"/> does not have this life of the process.</summary>
    public void Look(MetadataImage image)
    {
        bool isRegistered = image.Controllers.TryGetValue(_self, out ControllerRegistration? known)
            && known.IncarnationId == registration.IncarnationId;
        if (_isAsking || isRegistered || image.Version is not { HasControllerRegistration: true })
        {
            return;
        }

        // A refusal is not asked about again at once: an idle log gets a record now and then, and that is the next try.
        _isAsking = true;
        controller.Submit(new RegisterControllerCommand(registration), new Answered(this), mailbox);
    }

    private sealed class Answered(ControllerPresence owner) : WorkItem
    {
        public override void Run() => owner._isAsking = false;
    }
}
