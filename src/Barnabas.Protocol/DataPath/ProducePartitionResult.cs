namespace Barnabas.Protocol;

/// <summary>What a Produce response says about one partition.</summary>
public readonly record struct ProducePartitionResult(int Index, short ErrorCode, long BaseOffset)
{
    /// <summary>Milliseconds since 1970 when the broker stamped the records, else -1.</summary>
    public long LogAppendTimeMs { get; init; } = -1;

    /// <summary>-1 when unknown; from version 5 on.</summary>
    public long LogStartOffset { get; init; } = -1;

    /// <summary>The records that made the batch fail (KIP-467), or null; from version 8 on.</summary>
    public List<ProduceResponse.BatchIndexAndErrorMessage>? RecordErrors { get; init; }

    /// <summary>From version 8 on.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The leader to go to instead (KIP-951), or -1; from version 10 on.</summary>
    public int LeaderId { get; init; } = -1;

    public int LeaderEpoch { get; init; } = -1;

    internal bool HasLeader => LeaderId != -1 || LeaderEpoch != -1;
}
