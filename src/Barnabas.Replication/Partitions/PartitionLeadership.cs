using System.Collections.Immutable;
using Barnabas.Kernel;

namespace Barnabas.Replication;

/// <summary>
/// Who leads a partition and with whom, as the metadata log says. Immutable; a partition publishes a new one with each
/// change, so readers see one consistent state.
/// </summary>
/// <param name="Leader"><see cref="BrokerId.None"/> while there is none.</param>
/// <param name="IsLocal">True if this broker is the leader.</param>
/// <param name="Epoch">Raised with each leader.</param>
/// <param name="PartitionEpoch">Raised with each change of leader, replicas or in-sync replicas.</param>
/// <param name="Replicas">All assigned replicas, in order of preference.</param>
/// <param name="InSyncReplicas">Those whose logs hold everything below the high watermark; a subset of the
/// replicas.</param>
public sealed record PartitionLeadership(
    BrokerId Leader,
    bool IsLocal,
    LeaderEpoch Epoch,
    int PartitionEpoch,
    ImmutableArray<BrokerId> Replicas,
    ImmutableArray<BrokerId> InSyncReplicas)
{
    /// <summary>Before the metadata log has said anything.</summary>
    public static PartitionLeadership Unknown { get; } = new(BrokerId.None, false, LeaderEpoch.None, -1, [], []);

    /// <summary>
    /// Checks a client's idea of the leader epoch (KIP-320). <see cref="LeaderEpoch.None"/> is no idea and always
    /// passes. The epoch comes before the leader: who is ahead of this broker is not to be told that it does not lead.
    /// </summary>
    public ErrorCode Check(LeaderEpoch clientEpoch)
    {
        if (clientEpoch != LeaderEpoch.None && clientEpoch != Epoch)
        {
            return clientEpoch < Epoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
        }

        return IsLocal ? ErrorCode.None : ErrorCode.NotLeaderOrFollower;
    }
}
