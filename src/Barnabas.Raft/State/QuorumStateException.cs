namespace Barnabas.Raft;

/// <summary>The saved quorum state is damaged. Without it a replica could vote twice, so the node does not
/// start.</summary>
public sealed class QuorumStateException(string message) : Exception(message);
