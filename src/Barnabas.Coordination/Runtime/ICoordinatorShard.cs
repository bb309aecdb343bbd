using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// The state that one partition of a coordinator's topic holds. A shard is made new for each leadership, fed with the
/// log, and thrown away when leadership ends. Every call comes from the coordinator's mailbox.
/// </summary>
internal interface ICoordinatorShard
{
    /// <summary>How the records of its topic are written.</summary>
    CoordinatorRecordCodec Codec { get; }

    /// <summary>
    /// True if the shard keeps state for records of this type. Others are left in the log and passed over unread,
    /// never a reason to fail.
    /// </summary>
    bool Serves(short recordType);

    /// <summary>Applies a record that is in the log at <paramref name="offset"/>.</summary>
    void Replay(Offset offset, CoordinatorRecord record);

    /// <summary>Keeps a record of a transaction, which counts once its producer's end marker says so.</summary>
    void ReplayTransactional(Offset offset, long producerId, CoordinatorRecord record);

    /// <summary>A producer's transaction ended.</summary>
    void ReplayEndOfTransaction(long producerId, bool committed);

    /// <summary>The whole log was replayed; from now on the shard is asked and may arm timers.</summary>
    void OnLoaded(CoordinatorTime now);

    /// <summary>The shard's time is over: answers everything parked with this error and disarms every timer.</summary>
    void OnUnloaded(ErrorCode error);
}
