using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>Which log this is and where it lies.</summary>
/// <param name="TopicId">Zero for a log that was written before topics had ids.</param>
/// <param name="Directory">The partition's own directory, absolute.</param>
public readonly record struct LogIdentity(TopicPartition Partition, Uuid TopicId, string Directory);
