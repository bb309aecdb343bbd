using Barnabas.Kernel;

namespace Barnabas.Raft;

/// <summary>
/// What a driver has to do after a step, in this order: save the state and wait until it is durable, truncate the log,
/// append the leader change, send the messages.
/// </summary>
public sealed class QuorumStep
{
    private readonly List<QuorumMessage> _messages = [];

    /// <summary>Null if nothing changed that must be remembered.</summary>
    public ElectionState? Save { get; internal set; }

    /// <summary>The log has to end here; never below the high watermark.</summary>
    public long? TruncateTo { get; internal set; }

    /// <summary>This replica leads now: the control record that begins the epoch is to be appended.</summary>
    public bool BecameLeader { get; internal set; }

    /// <summary>Who voted for the new leader, itself included.</summary>
    public IReadOnlyList<BrokerId> GrantingVoters { get; internal set; } = [];

    /// <summary>This replica led before the step and does not any more.</summary>
    public bool LostLeadership { get; internal set; }

    public IReadOnlyList<QuorumMessage> Messages => _messages;

    /// <summary>Call with <see cref="QuorumInput.TimePassed"/> then at the latest.</summary>
    public MonotonicTime Deadline { get; internal set; }

    internal void Send(QuorumMessage message) => _messages.Add(message);
}
