using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>What the logs of a node share.</summary>
/// <param name="Validator">Checks what leaders append; thread-safe.</param>
/// <param name="Codecs">For looking into compressed batches when a timestamp is searched.</param>
public sealed record LogServices(
    IDisk Disk,
    IEntropy Entropy,
    RecordBatchValidator Validator,
    CompressionCodecs Codecs,
    RecordScratchPool ScratchPool)
{
    /// <summary>
    /// <c>producer.id.expiration.ms</c>: silence after which a producer is forgotten. Kafka's default, a day.
    /// </summary>
    public long ProducerIdExpirationMs { get; init; } = 24L * 60 * 60 * 1000;

    /// <summary>Which segments are open; without a limit unless one is given.</summary>
    public OpenSegments OpenSegments { get; init; } = new(int.MaxValue);
}
