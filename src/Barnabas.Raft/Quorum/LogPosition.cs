namespace Barnabas.Raft;

/// <summary>The end of a log, or of an epoch in it: the epoch of the last record and the offset behind it.</summary>
public readonly record struct LogPosition(int Epoch, long EndOffset) : IComparable<LogPosition>
{
    /// <summary>Raft's "more up to date": a later last epoch, or the same and longer.</summary>
    public int CompareTo(LogPosition other)
    {
        int byEpoch = Epoch.CompareTo(other.Epoch);
        return byEpoch != 0 ? byEpoch : EndOffset.CompareTo(other.EndOffset);
    }
}
