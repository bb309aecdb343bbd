namespace Barnabas.Configuration;

/// <summary>Limits of reading.</summary>
public sealed record FetchSettings
{
    /// <summary>In bytes of records per answer; the first batch is sent even if it is larger.</summary>
    public required int ResponseBytesMax { get; init; }

    /// <summary>How many incremental sessions (KIP-227) are remembered; 0 switches them off.</summary>
    public required int SessionsMax { get; init; }

    /// <summary>How many partitions one answer to DescribeTopicPartitions lists.</summary>
    public required int DescribedPartitionsMax { get; init; }

    public static FetchSettings From(ConfigValues values) => new()
    {
        ResponseBytesMax = NetworkKeys.FetchMaxBytes.In(values),
        SessionsMax = NetworkKeys.MaxIncrementalFetchSessionCacheSlots.In(values),
        DescribedPartitionsMax = NetworkKeys.MaxRequestPartitionSizeLimit.In(values),
    };
}
