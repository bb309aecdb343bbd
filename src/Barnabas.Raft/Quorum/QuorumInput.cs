using Barnabas.Kernel;

namespace Barnabas.Raft;

/// <summary>Something that happened to a replica of the quorum.</summary>
public abstract record QuorumInput
{
    /// <summary>Nothing but time.</summary>
    public sealed record TimePassed : QuorumInput;

    /// <summary>The leader's log is durable up to an offset.</summary>
    public sealed record Flushed(long EndOffset) : QuorumInput;

    /// <summary>A voter set took effect, by a record in the log or a snapshot.</summary>
    public sealed record VotersChanged(VoterSet Voters) : QuorumInput;

    /// <summary>The node is to stop: a leader lets the others elect at once.</summary>
    public sealed record ShuttingDown : QuorumInput;

    /// <summary>A replica asks for a vote, or with <paramref name="IsPreVote"/> whether it would get one.</summary>
    public sealed record VoteRequested(ReplicaKey Candidate, int Epoch, LogPosition LogEnd, bool IsPreVote)
        : QuorumInput;

    /// <summary>A voter's answer to a vote request of this replica.</summary>
    public sealed record VoteAnswered(
        BrokerId From, int Epoch, BrokerId Leader, bool IsGranted, bool IsPreVote) : QuorumInput;

    /// <summary>A new leader makes itself known.</summary>
    public sealed record EpochBegun(BrokerId Leader, int Epoch) : QuorumInput;

    /// <summary>A leader steps down; this replica may be the first of its wanted successors.</summary>
    public sealed record EpochEnded(BrokerId Leader, int Epoch, bool IsFirstSuccessor) : QuorumInput;

    /// <summary>A replica asks this one for records from the end of its own log on.</summary>
    public sealed record FetchRequested(ReplicaKey Replica, int Epoch, LogPosition LogEnd) : QuorumInput;

    /// <summary>
    /// The answer to this replica's fetch; records in it are appended already. <paramref name="Diverging"/> tells where
    /// the leader's log leaves this one's.
    /// </summary>
    public sealed record FetchAnswered(
        BrokerId From, int Epoch, BrokerId Leader, long HighWatermark, LogPosition? Diverging) : QuorumInput;
}
