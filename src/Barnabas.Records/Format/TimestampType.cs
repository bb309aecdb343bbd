namespace Barnabas.Records;

/// <summary>Who set the timestamps of a batch (KIP-32): its producer, or the leader as it appended.</summary>
public enum TimestampType : byte
{
    CreateTime = 0,

    /// <summary>All records of the batch carry the batch's maximum timestamp, whatever their deltas say.</summary>
    LogAppendTime = 1,
}
