using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>A member of a classic group as its coordinator describes it.</summary>
/// <param name="MemberId">The id the coordinator gave.</param>
/// <param name="GroupInstanceId">Its own id, if it is static.</param>
/// <param name="ClientId">Its <c>client.id</c>.</param>
/// <param name="ClientHost">The address it comes from.</param>
/// <param name="Assignment">Its partitions; empty during a rebalance, or if it is no consumer.</param>
public sealed record GroupMemberDescription(
    string MemberId,
    string? GroupInstanceId,
    string ClientId,
    string ClientHost,
    IReadOnlyList<TopicPartition> Assignment);
