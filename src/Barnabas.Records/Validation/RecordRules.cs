using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>What a single record can break, and the answers to what is found while reading the records.</summary>
internal static class RecordRules
{
    private const int ShownErrors = 3;

    public static RecordViolation FirstViolation(
        long timestamp, bool hasKey, TimestampType batchTimestampType, AppendRules rules, long nowMs)
    {
        if (rules.IsCompacted && !hasKey)
        {
            return RecordViolation.MissingKey;
        }

        if (rules.TimestampType == TimestampType.CreateTime && timestamp != RecordBatch.NoTimestamp)
        {
            return IsInRange(timestamp, rules, nowMs) ? RecordViolation.None : RecordViolation.TimestampOutOfRange;
        }

        return batchTimestampType == TimestampType.LogAppendTime
            ? RecordViolation.StampedByProducer
            : RecordViolation.None;
    }

    /// <summary>-1 is no timestamp and passes. Differences wrap around as Apache Kafka's do.</summary>
    public static bool IsInRange(long timestamp, AppendRules rules, long nowMs)
    {
        long age = unchecked(nowMs - timestamp);
        return timestamp == RecordBatch.NoTimestamp
            || (age <= rules.TimestampBeforeMaxMs && unchecked(-age) <= rules.TimestampAfterMaxMs);
    }

    public static string Describe(RecordViolation violation, long timestamp, AppendRules rules, long nowMs) =>
        violation switch
        {
            RecordViolation.MissingKey => "A compacted topic takes no record without a key",
            RecordViolation.TooLarge =>
                $"Decompressed, the record is larger than the {rules.MaxDecompressedRecordBytes} bytes the topic takes",
            RecordViolation.TimestampOutOfRange =>
                $"The timestamp {timestamp} is out of range: at the leader's time {nowMs} it may be"
                + $" {rules.TimestampBeforeMaxMs} ms earlier and {rules.TimestampAfterMaxMs} ms later",
            _ => "A producer cannot say that the leader has set the timestamps",
        };

    public static ValidationResult Refuse(RecordFault fault, int index) => fault switch
    {
        RecordFault.BadCompression =>
            ValidationResult.Refuse(ErrorCode.UnknownServerError, "The records cannot be decompressed"),
        RecordFault.UnknownCodec =>
            ValidationResult.Refuse(ErrorCode.UnknownServerError, "This node does not have the batch's codec"),
        RecordFault.LimitExceeded =>
            ValidationResult.Refuse(ErrorCode.MessageTooLarge, "Decompressed, the batch is larger than the limit"),
        RecordFault.PrematureEnd =>
            ValidationResult.Refuse(ErrorCode.InvalidRecord, $"The batch ends within record {index}"),
        RecordFault.TrailingBytes =>
            ValidationResult.Refuse(ErrorCode.InvalidRecord, "There are bytes behind the last record of the batch"),
        RecordFault.BadStructure =>
            ValidationResult.Refuse(ErrorCode.InvalidRecord, $"Record {index} contradicts itself"),
        _ => ValidationResult.Refuse(ErrorCode.InvalidRecord, $"The records cannot be read: {fault}"),
    };

    /// <summary>A wrong timestamp outranks a missing key: the client learns of it by its own error.</summary>
    public static ValidationResult Refuse(List<RecordError> errors, bool timestampError)
    {
        if (timestampError)
        {
            return ValidationResult.Refuse(
                ErrorCode.InvalidTimestamp, "Records have been refused because of their timestamps", errors);
        }

        string shown = string.Join("; ", errors.Take(ShownErrors).Select(error => $"{error.Index}: {error.Message}"));
        return ValidationResult.Refuse(ErrorCode.InvalidRecord, $"Records have been refused: {shown}", errors);
    }
}
