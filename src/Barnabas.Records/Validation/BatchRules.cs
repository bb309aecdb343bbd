using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>What the header of a batch alone can break, in the order in which Apache Kafka finds it.</summary>
internal static class BatchRules
{
    public static ValidationResult? FirstViolation(RecordBatch batch, AppendRules rules, in AppendContext context)
    {
        if (context.Origin == AppendOrigin.RaftLeader && batch.PartitionLeaderEpoch != context.LeaderEpoch)
        {
            return Invalid(
                $"The batch has epoch {batch.PartitionLeaderEpoch}, but its leader is of epoch {context.LeaderEpoch}");
        }

        if (context.Origin == AppendOrigin.Client && batch.BaseOffset != Offset.Zero)
        {
            return Invalid($"The base offset of a producer's batch must be 0, not {batch.BaseOffset}");
        }

        if (batch.Size > rules.MaxMessageBytes)
        {
            return ValidationResult.Refuse(
                ErrorCode.MessageTooLarge,
                $"The batch has {batch.Size} bytes; the topic takes {rules.MaxMessageBytes}");
        }

        if (!batch.IsCrcValid())
        {
            return ValidationResult.Refuse(
                ErrorCode.CorruptMessage,
                $"The batch does not fit its checksum: stored {batch.Crc:x8}, computed {batch.ComputeCrc():x8}");
        }

        if (batch.Compression > CompressionType.Zstd)
        {
            return ValidationResult.Refuse(
                ErrorCode.UnknownServerError,
                $"There is no compression codec with the number {(int)batch.Compression}");
        }

        return context.Origin switch
        {
            AppendOrigin.Client => FirstViolationOfClient(batch),
            AppendOrigin.RaftLeader when batch.BaseOffset < context.NextOffset =>
                Invalid($"The batch begins at {batch.BaseOffset}, but the log ends at {context.NextOffset}"),
            _ => null,
        };
    }

    /// <summary>
    /// The times of a batch that is not looked into: its first record carries the base, and the maximum is what every
    /// reader of the log will believe.
    /// </summary>
    public static ValidationResult? HeaderTimestampViolation(
        RecordBatch batch, AppendRules rules, in AppendContext context)
    {
        if (rules.TimestampType == TimestampType.LogAppendTime)
        {
            return batch.TimestampType == TimestampType.LogAppendTime ? StampedByProducer() : null;
        }

        bool inRange = RecordRules.IsInRange(batch.MaxTimestamp, rules, context.NowMs)
            && (batch.TimestampType == TimestampType.LogAppendTime
                || RecordRules.IsInRange(batch.BaseTimestamp, rules, context.NowMs));
        return inRange
            ? null
            : ValidationResult.Refuse(
                ErrorCode.InvalidTimestamp,
                $"The timestamps of the batch, from {batch.BaseTimestamp} to {batch.MaxTimestamp}, are out of range");
    }

    private static ValidationResult? FirstViolationOfClient(RecordBatch batch)
    {
        long offsets = batch.LastOffsetDelta + 1L;
        if (offsets <= 0)
        {
            return Invalid($"The last offset delta {batch.LastOffsetDelta} lies before the first record");
        }

        if (batch.RecordCount <= 0)
        {
            return Invalid($"A batch cannot count {batch.RecordCount} records");
        }

        if (batch.RecordCount != offsets)
        {
            return Invalid($"The batch counts {batch.RecordCount} records, but its offsets are for {offsets}");
        }

        if (batch.IsControl)
        {
            return Invalid("Clients cannot write control records");
        }

        return batch.HasProducerId && batch.BaseSequence < 0
            ? Invalid($"The batch of producer {batch.Producer.ProducerId} has the sequence number {batch.BaseSequence}")
            : null;
    }

    private static ValidationResult? StampedByProducer() => ValidationResult.Refuse(
        ErrorCode.InvalidTimestamp, "A producer cannot say that the leader has set the timestamps");

    private static ValidationResult? Invalid(string message) =>
        ValidationResult.Refuse(ErrorCode.InvalidRecord, message);
}
