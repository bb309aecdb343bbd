using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// The partitions of a coordinator's topic, as the coordinator sees them. The broker implements it over its logs.
/// </summary>
public interface ICoordinatorLog
{
    /// <summary>
    /// The largest batch, in bytes, that the partition takes (<c>max.message.bytes</c> of the topic).
    /// </summary>
    int MaxBatchBytes(int partition);

    /// <summary>
    /// Appends one whole record batch as leader of <paramref name="epoch"/>: base offset and leader epoch are patched
    /// in place, and the array is the caller's again when the call returns. On the coordinator's mailbox; must not
    /// wait for followers or the disk. <see cref="ErrorCode.NotLeaderOrFollower"/> if another epoch leads.
    /// </summary>
    CoordinatorAppend Append(int partition, LeaderEpoch epoch, Span<byte> batch);

    /// <summary>
    /// Copies whole batches, in order, from the one that holds <paramref name="from"/>, or from the log's start if that
    /// lies above. On the coordinator's loading mailbox; may block. Not limited by the high watermark.
    /// </summary>
    CoordinatorRead Read(int partition, LeaderEpoch epoch, Offset from, Span<byte> destination);
}
