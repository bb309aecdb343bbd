namespace Barnabas.Raft;

/// <summary>What the quorum must know of this replica's log. Reading only; no I/O.</summary>
public interface IQuorumLog
{
    /// <summary>The end of the log, unsynced records included. An empty log ends at epoch 0, offset 0.</summary>
    LogPosition End { get; }

    /// <summary>
    /// The end of the highest epoch in the log that is not above <paramref name="epoch"/>; epoch 0 at the log's start
    /// if
    /// there is none.
    /// </summary>
    LogPosition EndOfEpoch(int epoch);
}
