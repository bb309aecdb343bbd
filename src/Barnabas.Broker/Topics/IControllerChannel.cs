using Barnabas.Kernel;
using Barnabas.Metadata;

namespace Barnabas.Broker;

/// <summary>The way to the active controller. From any thread.</summary>
internal interface IControllerChannel
{
    /// <summary>
    /// Has a command decided. <paramref name="whenDone"/> runs on <paramref name="mailbox"/> once the command holds its
    /// answer: its records are committed and this broker has applied them, or it has failed.
    /// </summary>
    void Submit(ControllerCommand command, WorkItem whenDone, IMailbox mailbox);
}
