using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>A flush under way.</summary>
/// <param name="Target">Where the recovery point will be.</param>
/// <param name="Truncations">How often the log had been cut off when the flush began.</param>
/// <param name="Active">The segment that was the active one.</param>
/// <param name="Segments">Those with something unsynced.</param>
internal readonly record struct PendingFlush(
    PartitionLog Log, Offset Target, int Truncations, Segment Active, Segment[] Segments)
{
    /// <summary>Epochs that were written beside the old ones; null if they have not changed.</summary>
    public EpochEntry[]? Epochs { get; init; }
}
