using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>An administrator removes the registration of a controller that will not come back.</summary>
public sealed class UnregisterControllerCommand(UnregisterControllerRequest request) : ControllerCommand
{
    public UnregisterControllerResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.ErrorCode = (short)error;
        Response.ErrorMessage = message;
    }

    internal override void Decide(ControllerStep step)
    {
        if (!step.Version.HasControllerUnregistration)
        {
            throw new ControllerException(
                ErrorCode.UnsupportedVersion,
                "The current MetadataVersion is too old to support controller unregistration.");
        }

        if (!step.Image.Controllers.ContainsKey(new BrokerId(request.ControllerId)))
        {
            throw new ControllerException(
                ErrorCode.ControllerIdNotRegistered,
                $"Controller ID {request.ControllerId} is not currently registered.");
        }

        step.Add(new UnregisterControllerRecord { ControllerId = request.ControllerId }, 0);
    }
}
