using Barnabas.Kernel;

namespace Barnabas.Raft;

/// <summary>Something a replica has to say. To be sent only after the step's state is durable.</summary>
/// <param name="To">The node it goes to.</param>
/// <param name="Epoch">The sender's epoch.</param>
public abstract record QuorumMessage(BrokerId To, int Epoch)
{
    /// <summary>Asks for a vote, or whether there would be one.</summary>
    public sealed record Vote(BrokerId To, int Epoch, LogPosition LogEnd, bool IsPreVote) : QuorumMessage(To, Epoch);

    /// <summary>Answers a vote request.</summary>
    public sealed record VoteReply(BrokerId To, int Epoch, BrokerId Leader, bool IsGranted, bool IsPreVote)
        : QuorumMessage(To, Epoch);

    /// <summary>The new leader makes itself known.</summary>
    public sealed record BeginEpoch(BrokerId To, int Epoch) : QuorumMessage(To, Epoch);

    /// <summary>The leader steps down.</summary>
    public sealed record EndEpoch(BrokerId To, int Epoch, BrokerId FirstSuccessor) : QuorumMessage(To, Epoch);

    /// <summary>Asks for records behind the end of this replica's log, or who leads.</summary>
    public sealed record Fetch(BrokerId To, int Epoch, LogPosition LogEnd) : QuorumMessage(To, Epoch);

    /// <summary>
    /// Answers a fetch. With neither divergence nor another leader the driver adds records from the asker's end on.
    /// </summary>
    public sealed record FetchReply(
        BrokerId To, int Epoch, BrokerId Leader, long HighWatermark, LogPosition? Diverging) : QuorumMessage(To, Epoch);
}
