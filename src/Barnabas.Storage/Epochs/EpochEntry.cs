using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>The first batch of <paramref name="Epoch"/> begins at <paramref name="StartOffset"/>.</summary>
public readonly record struct EpochEntry(LeaderEpoch Epoch, Offset StartOffset);
