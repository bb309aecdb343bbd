using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// DeleteTopics (20): by name, from version 6 on also by id (KIP-516). <c>delete.topic.enable=false</c> refuses it.
/// Decided by the controller.
/// </summary>
internal sealed class DeleteTopicsHandler(IControllerChannel controller, LiveConfigs configs)
    : MessageHandler<DeleteTopicsRequest>
{
    public override ApiKey Api => ApiKey.DeleteTopics;

    protected override void Handle(Request request, DeleteTopicsRequest message)
    {
        DeleteTopicsCommand command = new(message);
        if (!configs.Node.TopicCreation.DeletionAllowed)
        {
            // The code of its own came with version 3 (KIP-322).
            command.Fail(
                request.Version >= 3 ? ErrorCode.TopicDeletionDisabled : ErrorCode.InvalidRequest,
                "Topic deletion is disabled.");
            request.Reply(command.Response);
            return;
        }

        ControllerReply<DeleteTopicsCommand>.Submit(controller, request, command, static done => done.Response);
    }
}
