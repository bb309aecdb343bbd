using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>The metadata log has other voters than this node alone: such a quorum is not served yet.</summary>
internal sealed class UnservedQuorumException(ReplicaKey self, VoterSet voters) : Exception(
    $"This version serves a quorum of one controller, but {Describe(voters)} and this node is {self}. "
    + "Format the directory with --standalone, or name this node alone in controller.quorum.voters.")
{
    private static string Describe(VoterSet voters) => voters.Count == 0
        ? "the metadata names no voter"
        : $"the voters are {string.Join(", ", voters.Voters.Select(static voter => voter.Key))}";
}
