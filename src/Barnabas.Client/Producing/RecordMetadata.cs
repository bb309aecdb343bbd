using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>Where a record went.</summary>
/// <param name="Partition">The partition it was written to.</param>
/// <param name="Offset">
/// Its offset; <see cref="Kernel.Offset.None"/> with <see cref="Acks.None"/>, and when a retry found the record already
/// written by an attempt whose answer was lost.
/// </param>
/// <param name="TimestampMs">Its timestamp: the broker's if the topic stamps on append, else the producer's.</param>
public readonly record struct RecordMetadata(TopicPartition Partition, Offset Offset, long TimestampMs);
