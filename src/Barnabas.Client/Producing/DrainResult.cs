using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>What there is to send now, and when to look again.</summary>
/// <param name="Commands">At most one per broker.</param>
/// <param name="Next">The first moment at which waiting alone makes something ready or late.</param>
/// <param name="LeaderMissing">Some batch has no known leader: the metadata should be asked again.</param>
internal readonly record struct DrainResult(
    IReadOnlyList<ProduceCommand> Commands, MonotonicTime Next, bool LeaderMissing);
