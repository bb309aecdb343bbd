using System.Collections.Frozen;

namespace Barnabas.Raft;

/// <summary>The legal transitions, as data: <see cref="QuorumCore"/> asserts them and a test compares them with
/// runs.</summary>
internal static class QuorumTransitions
{
    public static FrozenSet<(QuorumRole From, QuorumRole To)> Legal { get; } = new[]
    {
        (QuorumRole.Unattached, QuorumRole.Unattached),
        (QuorumRole.Unattached, QuorumRole.Prospective),
        (QuorumRole.Unattached, QuorumRole.Follower),
        (QuorumRole.Prospective, QuorumRole.Unattached),
        (QuorumRole.Prospective, QuorumRole.Candidate),
        (QuorumRole.Prospective, QuorumRole.Follower),
        (QuorumRole.Candidate, QuorumRole.Unattached),
        (QuorumRole.Candidate, QuorumRole.Prospective),
        (QuorumRole.Candidate, QuorumRole.Leader),
        (QuorumRole.Candidate, QuorumRole.Follower),
        (QuorumRole.Leader, QuorumRole.Unattached),
        (QuorumRole.Leader, QuorumRole.Resigned),
        (QuorumRole.Leader, QuorumRole.Follower),
        (QuorumRole.Follower, QuorumRole.Unattached),
        (QuorumRole.Follower, QuorumRole.Prospective),
        (QuorumRole.Follower, QuorumRole.Follower),
        (QuorumRole.Resigned, QuorumRole.Unattached),
        (QuorumRole.Resigned, QuorumRole.Prospective),
        (QuorumRole.Resigned, QuorumRole.Follower),
    }.ToFrozenSet();
}
