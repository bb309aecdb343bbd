using Barnabas.Kernel;
using Barnabas.Metadata;

namespace Barnabas.Broker;

/// <summary>The way to the active controller. From any thread.</summary>
internal interface IControllerChannel
{
    /// <summary>The active controller; <see cref="BrokerId.None"/> if not known.</summary>
    BrokerId Leader { get; }

    /// <summary>kraft.version: 0 with static voters, 1 with voters in the log.</summary>
    short KRaftVersion { get; }

    /// <summary>
    /// Has a command decided. <paramref name="whenDone"/> runs on <paramref name="mailbox"/> once the command holds its
    /// answer: its records are committed and this broker has applied them, or it has failed.
    /// </summary>
    void Submit(ControllerCommand command, WorkItem whenDone, IMailbox mailbox);
}
