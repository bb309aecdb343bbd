using Barnabas.Kernel;

namespace Barnabas.Raft;

/// <summary>
/// What a replica must never forget: the epoch, and in it the leader it knows and the replica it voted for. Durable
/// before any answer that depends on it (I-42).
/// </summary>
/// <param name="Epoch">At least 0; never falls.</param>
/// <param name="Leader"><see cref="BrokerId.None"/> if not known.</param>
/// <param name="Voted">Whom this replica voted for in the epoch, itself included.</param>
public readonly record struct ElectionState(int Epoch, BrokerId Leader, ReplicaKey? Voted)
{
    public static ElectionState Initial => new(0, BrokerId.None, null);

    public bool HasLeader => Leader != BrokerId.None;
}
