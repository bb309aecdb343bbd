using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>A request by somebody who says to be a member, and what was known of that when it was sent.</summary>
/// <param name="IsStale">A newer generation was told of, the member had left, or its place was taken: the request
/// must be refused, whenever it is served.</param>
internal sealed record GroupClaim(
    string MemberId, string? InstanceId, int Generation, MonotonicTime SentAt, bool IsStale)
{
    /// <summary>Named by somebody who was never a member of anything.</summary>
    public static GroupClaim OfNobody(int generation, MonotonicTime now) => new("nobody", null, generation, now, true);
}
