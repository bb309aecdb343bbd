using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>What a group has committed for a partition.</summary>
/// <param name="RecordOffset">Where the record lies in the coordinator's log: of two commits the later one
/// counts.</param>
/// <param name="LeaderEpoch">The epoch of the last record consumed, or -1.</param>
/// <param name="ExpireTimestampMs">Set by old clients that named a retention of their own; else the group's state
/// decides.</param>
/// <param name="TopicId">The topic the offset belongs to; zero in records of old versions.</param>
internal readonly record struct CommittedOffset(
    long RecordOffset,
    long Offset,
    int LeaderEpoch,
    string Metadata,
    long CommitTimestampMs,
    long? ExpireTimestampMs,
    Uuid TopicId)
{
    public static CommittedOffset From(Offset recordOffset, OffsetCommitValue value) => new(
        recordOffset.Value,
        value.Offset,
        value.LeaderEpoch,
        value.Metadata,
        value.CommitTimestamp,
        value.ExpireTimestamp == -1 ? null : value.ExpireTimestamp,
        value.TopicId);

    /// <summary>Version 0 of the key, written by brokers before 0.9.</summary>
    public static CommittedOffset From(Offset recordOffset, LegacyOffsetCommitValue value) => new(
        recordOffset.Value, value.Offset, -1, value.Metadata, value.CommitTimestamp, null, Uuid.Zero);
}
