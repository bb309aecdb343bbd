using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>What the records of one batch are found to be, one after the other: what decides over the batch.</summary>
internal struct RecordFindings
{
    private readonly AppendRules _rules;
    private readonly long _nowMs;
    private readonly bool _isCompressed;
    private readonly TimestampType _timestampType;

    public RecordFindings(RecordBatch batch, AppendRules rules, long nowMs)
    {
        _rules = rules;
        _nowMs = nowMs;
        _isCompressed = batch.Compression != CompressionType.None;
        _timestampType = batch.TimestampType;
    }

    /// <summary>Records seen.</summary>
    public int Count { get; private set; }

    /// <summary>True if the records lie one behind the other without a gap.</summary>
    public bool IsSequential { get; private set; } = true;

    public long MaxTimestamp { get; private set; } = RecordBatch.NoTimestamp;

    /// <summary>The first of what is wrong with single records; null if nothing is.</summary>
    public List<RecordError>? Errors { get; private set; }

    public bool HasTimestampError { get; private set; }

    /// <summary>Looks at the next record.</summary>
    /// <param name="sizeInBytes">Its length included.</param>
    public void Add(int offsetDelta, long timestamp, bool hasKey, int sizeInBytes)
    {
        IsSequential &= offsetDelta == Count;
        MaxTimestamp = Math.Max(MaxTimestamp, timestamp);
        RecordViolation violation = _isCompressed && sizeInBytes > _rules.MaxDecompressedRecordBytes
            ? RecordViolation.TooLarge
            : RecordRules.FirstViolation(timestamp, hasKey, _timestampType, _rules, _nowMs);
        if (violation != RecordViolation.None)
        {
            Report(violation, timestamp);
        }

        Count++;
    }

    private void Report(RecordViolation violation, long timestamp)
    {
        HasTimestampError |= violation is RecordViolation.TimestampOutOfRange or RecordViolation.StampedByProducer;
        Errors ??= [];
        if (Errors.Count < RecordBatchValidator.MaxRecordErrors)
        {
            Errors.Add(new RecordError(Count, RecordRules.Describe(violation, timestamp, _rules, _nowMs)));
        }
    }
}
