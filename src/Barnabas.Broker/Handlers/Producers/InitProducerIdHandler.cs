using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// InitProducerId (22): gives an idempotent producer its id (KIP-98). With a transactional id it is refused: this
/// broker coordinates no transactions, and says so in the way of FindCoordinator, since a producer would ask again for
/// ever on <c>NOT_COORDINATOR</c>.
/// </summary>
internal sealed class InitProducerIdHandler(ProducerIds producerIds) : MessageHandler<InitProducerIdRequest>
{
    public override ApiKey Api => ApiKey.InitProducerId;

    protected override void Handle(Request request, InitProducerIdRequest message)
    {
        // Id and epoch of a producer that wants to go on (KIP-360) come together or not at all.
        bool isWhole = message.ProducerId == -1 == (message.ProducerEpoch == -1);
        if (message.TransactionalId is null && isWhole)
        {
            producerIds.Assign(request);
            return;
        }

        request.Reply(new InitProducerIdResponse
        {
            ErrorCode = (short)(!isWhole || message.TransactionalId is not { Length: > 0 }
                ? ErrorCode.InvalidRequest
                : ErrorCode.ClusterAuthorizationFailed),
            ProducerId = -1,
            ProducerEpoch = -1,
        });
    }
}
