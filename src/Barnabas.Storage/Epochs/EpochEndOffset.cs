using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The largest epoch at or below the requested one, and where it ends. Both None if the log knows nothing about it.
/// </summary>
public readonly record struct EpochEndOffset(LeaderEpoch Epoch, Offset EndOffset)
{
    public static EpochEndOffset Unknown => new(LeaderEpoch.None, Offset.None);
}
