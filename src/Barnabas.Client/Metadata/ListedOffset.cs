using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>An answer of ListOffsets.</summary>
/// <param name="Offset">The offset; <see cref="Kernel.Offset.None"/> if no record is that late.</param>
/// <param name="TimestampMs">The timestamp of that record, -1 for the ends of the log.</param>
/// <param name="LeaderEpoch">The leadership under which it was written, -1 if unknown.</param>
public readonly record struct ListedOffset(Offset Offset, long TimestampMs, LeaderEpoch LeaderEpoch);
