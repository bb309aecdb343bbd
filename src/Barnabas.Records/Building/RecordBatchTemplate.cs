using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// Everything about a batch that is to be built, except its records. The default is what a plain producer sends.
/// </summary>
public readonly record struct RecordBatchTemplate()
{
    public Offset BaseOffset { get; init; } = Offset.Zero;

    public LeaderEpoch PartitionLeaderEpoch { get; init; } = LeaderEpoch.None;

    public CompressionType Compression { get; init; } = CompressionType.None;

    /// <summary>The codec's own scale; null takes Kafka's default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>If set, the leader's clock stamps the whole batch with this, whatever its records say.</summary>
    public long? LogAppendTime { get; init; }

    public ProducerIdAndEpoch Producer { get; init; } = ProducerIdAndEpoch.None;

    public int BaseSequence { get; init; } = RecordBatch.NoSequence;

    public bool IsTransactional { get; init; }

    public bool IsControl { get; init; }

    /// <summary>Set by the cleaner only (KIP-534).</summary>
    public long? DeleteHorizonMs { get; init; }
}
