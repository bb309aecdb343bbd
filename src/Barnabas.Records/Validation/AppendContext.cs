using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>One append: where it goes, under whom, and when.</summary>
/// <param name="NextOffset">The log end offset, which the first record gets.</param>
/// <param name="NowMs">The leader's wall clock.</param>
public readonly record struct AppendContext(
    AppendOrigin Origin, Offset NextOffset, LeaderEpoch LeaderEpoch, long NowMs);
