using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The answer to a search by time: a record's offset, its timestamp, and the epoch it was written in. Without such a
/// record all are -1. For the ends of the log only offset and epoch are given.
/// </summary>
public readonly record struct TimestampOffset(ErrorCode Error, long Timestamp, Offset Offset, LeaderEpoch LeaderEpoch)
{
    public static TimestampOffset None => new(ErrorCode.None, -1, Offset.None, LeaderEpoch.None);
}
