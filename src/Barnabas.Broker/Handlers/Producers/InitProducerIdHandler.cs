using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// InitProducerId (22): gives an idempotent producer its id (KIP-98). With a transactional id it is refused: this
/// broker coordinates no transactions.
/// </summary>
internal sealed class InitProducerIdHandler(ProducerIds producerIds) : MessageHandler<InitProducerIdRequest>
{
    public override ApiKey Api => ApiKey.InitProducerId;

    protected override void Handle(Request request, InitProducerIdRequest message)
    {
        if (message.TransactionalId is null)
        {
            producerIds.Assign(request);
            return;
        }

        request.Reply(new InitProducerIdResponse
        {
            ErrorCode = (short)(message.TransactionalId.Length == 0
                ? ErrorCode.InvalidRequest
                : ErrorCode.NotCoordinator),
            ProducerId = -1,
            ProducerEpoch = -1,
        });
    }
}
