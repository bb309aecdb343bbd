using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// Answers a request with what its command holds once the controller is done. Runs on the request's reactor.
/// </summary>
internal sealed class ControllerReply<TCommand>(Request request, TCommand command, Func<TCommand, IApiMessage> response)
    : WorkItem
    where TCommand : ControllerCommand
{
    public override void Run() => request.Reply(response(command));

    public static void Submit(
        IControllerChannel controller,
        Request request,
        TCommand command,
        Func<TCommand, IApiMessage> response) =>
        controller.Submit(
            command, new ControllerReply<TCommand>(request, command, response), request.Workspace.Reactor);
}
