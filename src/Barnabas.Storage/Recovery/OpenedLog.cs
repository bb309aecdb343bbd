using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>A log as its files have it after recovery.</summary>
internal sealed record OpenedLog(
    LogContents Contents, Offset LogStartOffset, Offset EndOffset, Offset RecoveryPoint, RecoveryReport Report);
