using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>The state of the metadata quorum as metrics show it.</summary>
public readonly record struct QuorumFigures(
    QuorumRole Role, int Leader, int Epoch, long HighWatermark, long LogEndOffset, bool IsActiveController);
