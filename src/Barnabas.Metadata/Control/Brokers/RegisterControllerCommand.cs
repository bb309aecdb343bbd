using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>A controller, active or not, tells its endpoints and features (KIP-919).</summary>
public sealed class RegisterControllerCommand(ControllerRegistrationRequest request) : ControllerCommand
{
    public ControllerRegistrationResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.ErrorCode = (short)error;
        Response.ErrorMessage = message;
    }

    internal override void Decide(ControllerStep step)
    {
        if (!step.Version.HasControllerRegistration)
        {
            throw new ControllerException(
                ErrorCode.UnsupportedVersion,
                "The current MetadataVersion is too old to support controller registrations.");
        }

        var record = new RegisterControllerRecord
        {
            ControllerId = request.ControllerId,
            IncarnationId = request.IncarnationId,
        };
        foreach (ControllerRegistrationRequest.Listener listener in request.Listeners)
        {
            record.EndPoints.Add(new RegisterControllerRecord.ControllerEndpoint
            {
                Name = listener.Name,
                Host = listener.Host,
                Port = listener.Port,
                SecurityProtocol = listener.SecurityProtocol,
            });
        }

        foreach (ControllerRegistrationRequest.Feature feature in request.Features)
        {
            record.Features.Add(new RegisterControllerRecord.ControllerFeature
            {
                Name = feature.Name,
                MinSupportedVersion = feature.MinSupportedVersion,
                MaxSupportedVersion = feature.MaxSupportedVersion,
            });
        }

        step.Add(record, 0);
    }
}
