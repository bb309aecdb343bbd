using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>What a log needs of the directory that holds it.</summary>
internal interface ILogHost
{
    /// <summary>Where segments are known whose files are open.</summary>
    OpenSegments OpenSegments { get; }

    /// <summary>Removes a file, already renamed, not before this time.</summary>
    void DeleteFileAt(string path, long dueMs);

    /// <summary>
    /// The log is about to be cut off here. Before that, no checkpoint may say that what lies beyond is safe: after a
    /// crash the missing end would look like damage.
    /// </summary>
    void LowerRecoveryPoint(TopicPartition partition, Offset recoveryPoint);

    /// <summary>A reader met bytes within a log that are no batch.</summary>
    void OnDamage(TopicPartition partition, string what);

    /// <summary>The disk failed under a log: all that the directory holds is in doubt.</summary>
    void OnFailure(DiskException failure);
}
