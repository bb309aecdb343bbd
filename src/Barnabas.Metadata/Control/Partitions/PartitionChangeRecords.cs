using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>What a partition change record says, in words.</summary>
internal static class PartitionChangeRecords
{
    private const int LeaderUnchanged = -2;

    extension(PartitionChangeRecord record)
    {
        /// <summary>True if the record names a leader, new or old: the leader epoch rises.</summary>
        public bool NamesLeader() => record.Leader != LeaderUnchanged;

        public bool ChangesNothing() =>
            !record.NamesLeader()
            && record.Isr is null
            && record.Replicas is null
            && record.RemovingReplicas is null
            && record.AddingReplicas is null
            && record.Directories is null
            && record.EligibleLeaderReplicas is null
            && record.LastKnownElr is null
            && record.LeaderRecoveryState < 0;
    }
}
