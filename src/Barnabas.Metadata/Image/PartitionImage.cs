using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>The state of one partition at one moment. Immutable.</summary>
/// <remarks>
/// Directories is either empty (no record ever told) or as long as Replicas. Isr and Elr are disjoint subsets of
/// Replicas, but for what an unclean election of older software may have left.
/// </remarks>
public sealed class PartitionImage : IEquatable<PartitionImage>
{
    /// <summary>Assigned brokers in order of preference; the first is the preferred leader. Never empty.</summary>
    public required ImmutableArray<BrokerId> Replicas { get; init; }

    /// <summary>The log directory of each replica, in the order of <see cref="Replicas"/>.</summary>
    public required ImmutableArray<Uuid> Directories { get; init; }

    /// <summary>In-sync replicas.</summary>
    public required ImmutableArray<BrokerId> Isr { get; init; }

    /// <summary>Replicas that a reassignment takes away.</summary>
    public ImmutableArray<BrokerId> Removing { get; init; } = [];

    /// <summary>Replicas that a reassignment brings in.</summary>
    public ImmutableArray<BrokerId> Adding { get; init; } = [];

    /// <summary>Eligible leader replicas: out of the ISR, yet holding every committed record (KIP-966).</summary>
    public ImmutableArray<BrokerId> Elr { get; init; } = [];

    /// <summary>The last known leader, or ELR members lost to unclean shutdowns.</summary>
    public ImmutableArray<BrokerId> LastKnownElr { get; init; } = [];

    /// <summary><see cref="BrokerId.None"/> while no replica may lead.</summary>
    public required BrokerId Leader { get; init; }

    public LeaderRecoveryState LeaderRecoveryState { get; init; }

    /// <summary>Raised by 1 with each record that names a leader, even the same one.</summary>
    public required LeaderEpoch LeaderEpoch { get; init; }

    /// <summary>Raised by 1 with each change of the partition.</summary>
    public required int PartitionEpoch { get; init; }

    public bool HasLeader => Leader != BrokerId.None;

    public bool HasPreferredLeader => Leader == Replicas[0];

    public bool IsReassigning => !Removing.IsEmpty || !Adding.IsEmpty;

    public static PartitionImage FromRecord(PartitionRecord record)
    {
        ImmutableArray<BrokerId> replicas = ToIds(record.Replicas);
        Fault.If(replicas.IsEmpty, "A partition record names no replicas.");
        ImmutableArray<BrokerId> isr = ToIds(record.Isr);
        return new PartitionImage
        {
            Replicas = replicas,
            Directories = ToDirectories(record.Directories, replicas.Length),
            // The usual case; thousands of partitions need not say everything twice.
            Isr = isr.AsSpan().SequenceEqual(replicas.AsSpan()) ? replicas : isr,
            Removing = ToIds(record.RemovingReplicas),
            Adding = ToIds(record.AddingReplicas),
            Elr = ToIds(record.EligibleLeaderReplicas),
            LastKnownElr = ToIds(record.LastKnownElr),
            Leader = new BrokerId(record.Leader),
            LeaderRecoveryState = ToRecoveryState(record.LeaderRecoveryState),
            LeaderEpoch = new LeaderEpoch(record.LeaderEpoch),
            PartitionEpoch = record.PartitionEpoch,
        };
    }

    /// <summary>This partition after a change. A null field of the record means that it does not change.</summary>
    public PartitionImage With(PartitionChangeRecord change)
    {
        const int LeaderUnchanged = -2;
        ImmutableArray<BrokerId> replicas = change.Replicas is null ? Replicas : ToIds(change.Replicas);
        bool namesLeader = change.Leader != LeaderUnchanged;
        return new PartitionImage
        {
            Replicas = replicas,
            Directories = change.Directories is null && replicas.Length == Directories.Length
                ? Directories
                : ToDirectories(change.Directories, replicas.Length),
            Isr = change.Isr is null ? Isr : ToIds(change.Isr),
            Removing = change.RemovingReplicas is null ? Removing : ToIds(change.RemovingReplicas),
            Adding = change.AddingReplicas is null ? Adding : ToIds(change.AddingReplicas),
            Elr = change.EligibleLeaderReplicas is null ? Elr : ToIds(change.EligibleLeaderReplicas),
            LastKnownElr = change.LastKnownElr is null ? LastKnownElr : ToIds(change.LastKnownElr),
            Leader = namesLeader ? new BrokerId(change.Leader) : Leader,
            LeaderRecoveryState = change.LeaderRecoveryState < 0
                ? LeaderRecoveryState
                : ToRecoveryState(change.LeaderRecoveryState),
            LeaderEpoch = namesLeader ? new LeaderEpoch(LeaderEpoch.Value + 1) : LeaderEpoch,
            PartitionEpoch = PartitionEpoch + 1,
        };
    }

    /// <summary>This partition without eligible leader replicas, as <c>ClearElrRecord</c> demands.</summary>
    public PartitionImage WithoutElr() =>
        With(new PartitionChangeRecord { EligibleLeaderReplicas = [], LastKnownElr = [] });

    /// <summary>The directory of a replica, or <see cref="DirectoryId.Migrating"/> if none is known.</summary>
    public Uuid DirectoryOf(BrokerId replica)
    {
        int index = Replicas.IndexOf(replica);
        return index >= 0 && index < Directories.Length ? Directories[index] : DirectoryId.Migrating;
    }

    public MessageAndVersion ToRecord(Uuid topicId, int partition, MetadataVersion version)
    {
        var record = new PartitionRecord
        {
            TopicId = topicId,
            PartitionId = partition,
            Replicas = ToInts(Replicas),
            Isr = ToInts(Isr),
            RemovingReplicas = ToInts(Removing),
            AddingReplicas = ToInts(Adding),
            Leader = Leader.Value,
            LeaderRecoveryState = (sbyte)LeaderRecoveryState,
            LeaderEpoch = LeaderEpoch.Value,
            PartitionEpoch = PartitionEpoch,
        };
        if (version.HasDirectoryAssignment)
        {
            record.Directories = [.. Directories];
        }

        if (version.HasEligibleLeaderReplicas)
        {
            // Tagged fields: absent costs nothing, an empty list would cost bytes in each partition.
            record.EligibleLeaderReplicas = Elr.IsEmpty ? null : ToInts(Elr);
            record.LastKnownElr = LastKnownElr.IsEmpty ? null : ToInts(LastKnownElr);
        }

        return new MessageAndVersion(record, version.PartitionRecordVersion);
    }

    public bool Equals(PartitionImage? other) =>
        other is not null
        && Replicas.AsSpan().SequenceEqual(other.Replicas.AsSpan())
        && Directories.AsSpan().SequenceEqual(other.Directories.AsSpan())
        && Isr.AsSpan().SequenceEqual(other.Isr.AsSpan())
        && Removing.AsSpan().SequenceEqual(other.Removing.AsSpan())
        && Adding.AsSpan().SequenceEqual(other.Adding.AsSpan())
        && Elr.AsSpan().SequenceEqual(other.Elr.AsSpan())
        && LastKnownElr.AsSpan().SequenceEqual(other.LastKnownElr.AsSpan())
        && Leader == other.Leader
        && LeaderRecoveryState == other.LeaderRecoveryState
        && LeaderEpoch == other.LeaderEpoch
        && PartitionEpoch == other.PartitionEpoch;

    public override bool Equals(object? obj) => Equals(obj as PartitionImage);

    public override int GetHashCode() => (LeaderEpoch.Value * 31) + PartitionEpoch;

    public override string ToString() =>
        $"replicas=[{string.Join(',', Replicas)}] isr=[{string.Join(',', Isr)}] elr=[{string.Join(',', Elr)}] " +
        $"leader={Leader} leaderEpoch={LeaderEpoch} partitionEpoch={PartitionEpoch}";

    internal static List<int> ToInts(ImmutableArray<BrokerId> ids)
    {
        var ints = new List<int>(ids.Length);
        foreach (BrokerId id in ids)
        {
            ints.Add(id.Value);
        }

        return ints;
    }

    internal static ImmutableArray<BrokerId> ToIds(List<int>? ints)
    {
        if (ints is null || ints.Count == 0)
        {
            return [];
        }

        var ids = ImmutableArray.CreateBuilder<BrokerId>(ints.Count);
        foreach (int id in ints)
        {
            ids.Add(new BrokerId(id));
        }

        return ids.MoveToImmutable();
    }

    private static ImmutableArray<Uuid> ToDirectories(List<Uuid>? directories, int replicas)
    {
        if (directories is null || directories.Count == 0)
        {
            var migrating = new Uuid[replicas];
            Array.Fill(migrating, DirectoryId.Migrating);
            return ImmutableCollectionsMarshal.AsImmutableArray(migrating);
        }

        Fault.If(directories.Count != replicas, "A partition record has not as many directories as replicas.");
        return [.. directories];
    }

    private static LeaderRecoveryState ToRecoveryState(sbyte value)
    {
        Fault.If(value is < 0 or > 1, $"Unknown leader recovery state {value}.");
        return (LeaderRecoveryState)value;
    }
}
