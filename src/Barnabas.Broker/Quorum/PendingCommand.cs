using Barnabas.Kernel;
using Barnabas.Metadata;

namespace Barnabas.Broker;

/// <summary>A command on its way to the controller and back.</summary>
/// <param name="WhenDone">Runs on <paramref name="Mailbox"/> once the command holds its final answer.</param>
internal readonly record struct PendingCommand(ControllerCommand Command, WorkItem WhenDone, IMailbox Mailbox)
{
    public void Complete() => Mailbox.Post(WhenDone);

    public void Fail(ErrorCode error, string message)
    {
        Command.Fail(error, message);
        Complete();
    }
}
