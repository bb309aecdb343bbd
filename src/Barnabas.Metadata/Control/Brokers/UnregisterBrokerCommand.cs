using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>An administrator removes a broker that will not come back.</summary>
public sealed class UnregisterBrokerCommand(UnregisterBrokerRequest request) : ControllerCommand
{
    public UnregisterBrokerResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.ErrorCode = (short)error;
        Response.ErrorMessage = message;
    }

    internal override void Decide(ControllerStep step)
    {
        if (!step.Image.TryGetBroker(new BrokerId(request.BrokerId), out BrokerRegistration? broker))
        {
            throw new ControllerException(
                ErrorCode.BrokerIdNotRegistered,
                $"Broker ID {request.BrokerId} is not currently registered");
        }

        step.IsAtomic = false;
        BrokerChanges.AddUnregistering(step, broker);
    }
}
