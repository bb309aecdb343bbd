using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>A log as its files have it after recovery.</summary>
/// <param name="EpochsOnDisk">What the file of the epochs says, which recovery may have found to be too much.</param>
/// <param name="IsNew">Made just now.</param>
/// <param name="IsKnownToLast">
/// It is durable that it exists. Not so of a new one, nor after a kill, when another life may have made it just before.
/// </param>
internal sealed record OpenedLog(
    LogContents Contents,
    Offset LogStartOffset,
    Offset EndOffset,
    Offset RecoveryPoint,
    EpochEntry[] EpochsOnDisk,
    bool IsNew,
    bool IsKnownToLast,
    RecoveryReport Report);
