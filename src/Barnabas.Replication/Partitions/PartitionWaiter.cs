namespace Barnabas.Replication;

/// <summary>
/// Somebody who waits for a partition to move on: a fetch for records, a produce for its followers or its flush, a
/// coordinator for its commit. Hangs in the partition's own list; waiting is a data structure, not a thread.
/// </summary>
/// <remarks>
/// Whoever waits first hangs itself in, then looks at the partition once more, and only then sleeps: progress between
/// the look and the hanging would otherwise be missed.
/// </remarks>
public abstract class PartitionWaiter
{
    internal PartitionWaiter? Next { get; set; }

    internal PartitionWaiter? Previous { get; set; }

    /// <summary>The partition it hangs in; null if in none. Guarded by that partition.</summary>
    public Partition? WaitsOn { get; internal set; }

    /// <summary>
    /// The partition's end, high watermark, flushed offset or leadership changed. Comes on the thread that made the
    /// change, under no lock that blocks for long: post a work item and return. May come when nothing of interest
    /// changed.
    /// </summary>
    public abstract void OnProgress();
}
