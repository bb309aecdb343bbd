using System.Collections.Immutable;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// Works out the record for a wanted change of one partition: elects a leader if the old one may not stay, keeps the
/// eligible leader replicas, and names only the fields that differ.
/// </summary>
/// <remarks>
/// Guarantees (I-11): ISR ⊆ replicas; ISR ∩ ELR = ∅; |ISR| ≥ min ISR ⇒ ELR = ∅; a leader is in the ISR, or the election
/// was unclean and the state is Recovering.
/// </remarks>
internal sealed class PartitionChange
{
    private readonly PartitionImage _before;
    private readonly Uuid _topicId;
    private readonly int _partition;
    private ImmutableArray<BrokerId> _lastKnownElr;

    public PartitionChange(PartitionImage before, Uuid topicId, int partition)
    {
        _before = before;
        _topicId = topicId;
        _partition = partition;
        Isr = before.Isr;
        Elr = before.Elr;
        Replicas = before.Replicas;
        Removing = before.Removing;
        Adding = before.Adding;
        RecoveryState = before.LeaderRecoveryState;
        _lastKnownElr = before.LastKnownElr;
    }

    public required MetadataVersion Version { get; init; }

    /// <summary>The feature eligible.leader.replicas.version is on.</summary>
    public required bool UsesElr { get; init; }

    /// <summary>min.insync.replicas of the topic, at most its replication factor.</summary>
    public required int MinIsr { get; init; }

    /// <summary>True if the broker is alive and the replica's directory is online.</summary>
    public required Func<BrokerId, bool> MayLead { get; init; }

    /// <summary>The directory of a replica that has none yet.</summary>
    public Func<BrokerId, Uuid> NewDirectory { get; init; } = static _ => DirectoryId.Unassigned;

    public Election Election { get; init; }

    /// <summary>The wanted in-sync replicas.</summary>
    public ImmutableArray<BrokerId> Isr { get; set; }

    /// <summary>The wanted replicas.</summary>
    public ImmutableArray<BrokerId> Replicas { get; set; }

    public ImmutableArray<BrokerId> Removing { get; set; }

    public ImmutableArray<BrokerId> Adding { get; set; }

    public LeaderRecoveryState RecoveryState { get; set; }

    /// <summary>A broker that lost what it had not yet synced; no longer eligible.</summary>
    public BrokerId UncleanlyShutDown { get; init; } = BrokerId.None;

    /// <summary>A replica whose directory is now known, and that directory.</summary>
    public (BrokerId Replica, Uuid Directory)? Directory { get; init; }

    private ImmutableArray<BrokerId> Elr { get; set; }

    /// <summary>The record, or null if nothing changes.</summary>
    public MessageAndVersion? ToRecord()
    {
        var record = new PartitionChangeRecord { TopicId = _topicId, PartitionId = _partition };
        CompleteReassignment();
        UpdateElr();
        Elect(record);
        if (!record.NamesLeader() && !ContainsAll(Replicas, _before.Replicas))
        {
            // A replica that was taken away must not act on the old leadership any more.
            record.Leader = _before.Leader.Value;
        }

        SetElr(record);
        if (record.Isr is null && (!Isr.IsEmpty || UsesElr) && !Same(Isr, _before.Isr))
        {
            record.Isr = PartitionImage.ToInts(Isr);
        }

        RaiseLeaderEpochOnShrink(record);
        SetLastKnownLeader(record);
        SetAssignment(record);
        if (RecoveryState != _before.LeaderRecoveryState)
        {
            record.LeaderRecoveryState = (sbyte)RecoveryState;
        }

        return record.ChangesNothing() ? null : new MessageAndVersion(record, Version.PartitionChangeRecordVersion);
    }

    private static bool Same(ImmutableArray<BrokerId> one, ImmutableArray<BrokerId> other) =>
        one.AsSpan().SequenceEqual(other.AsSpan());

    private static bool ContainsAll(ImmutableArray<BrokerId> all, ImmutableArray<BrokerId> wanted)
    {
        foreach (BrokerId id in wanted)
        {
            if (!all.Contains(id))
            {
                return false;
            }
        }

        return true;
    }

    private void CompleteReassignment()
    {
        if (!_before.IsReassigning && Removing.IsEmpty && Adding.IsEmpty)
        {
            return;
        }

        // Complete once every replica that comes is in sync and something remains after those that go are gone.
        ImmutableArray<BrokerId> isr = Isr.RemoveAll(Removing.Contains);
        ImmutableArray<BrokerId> replicas = Replicas.RemoveAll(Removing.Contains);
        if (isr.IsEmpty || replicas.IsEmpty || !ContainsAll(Isr, Adding) || (Removing.IsEmpty && Adding.IsEmpty))
        {
            return;
        }

        (Isr, Replicas, Removing, Adding) = (isr, replicas, [], []);
    }

    private void UpdateElr()
    {
        if (!UsesElr)
        {
            return;
        }

        if (Isr.Length >= MinIsr)
        {
            (Elr, _lastKnownElr) = ([], []);
            return;
        }

        // Whoever was in sync when the ISR fell below the minimum has every committed record, for nothing is
        // acknowledged below the minimum; until it crashes and may have lost some.
        var eligible = ImmutableArray.CreateBuilder<BrokerId>();
        var lost = ImmutableArray.CreateBuilder<BrokerId>();
        var seen = new SortedSet<BrokerId>([.. Elr, .. _before.Isr]);
        foreach (BrokerId candidate in seen)
        {
            if (!Isr.Contains(candidate) && candidate != UncleanlyShutDown)
            {
                eligible.Add(candidate);
            }
        }

        Elr = eligible.ToImmutable();
        seen.UnionWith(_lastKnownElr);
        foreach (BrokerId candidate in seen)
        {
            if (!Isr.Contains(candidate) && !Elr.Contains(candidate))
            {
                lost.Add(candidate);
            }
        }

        _lastKnownElr = lost.ToImmutable();
    }

    private void Elect(PartitionChangeRecord record)
    {
        (BrokerId leader, bool isUnclean) = FindLeader();
        if (leader == _before.Leader)
        {
            return;
        }

        record.Leader = leader.Value;
        if (Elr.Contains(leader))
        {
            // The eligible replica becomes the ISR, alone.
            Isr = [leader];
            Elr = Elr.Remove(leader);
        }
        else if (isUnclean)
        {
            // Data may be lost from here on, so no other replica may be called in sync until the leader recovered.
            record.Isr = [leader.Value];
            if (_before.LeaderRecoveryState != LeaderRecoveryState.Recovering)
            {
                record.LeaderRecoveryState = (sbyte)LeaderRecoveryState.Recovering;
                RecoveryState = LeaderRecoveryState.Recovering;
            }
        }
    }

    private (BrokerId Leader, bool IsUnclean) FindLeader()
    {
        if (Election == Election.Preferred && IsCleanCandidate(Replicas[0]))
        {
            return (Replicas[0], false);
        }

        if (IsCleanCandidate(_before.Leader))
        {
            return (_before.Leader, false);
        }

        foreach (BrokerId replica in Replicas)
        {
            if (IsCleanCandidate(replica))
            {
                return (replica, false);
            }
        }

        if (LastKnownLeader() is { } lastKnown)
        {
            return (lastKnown, true);
        }

        if (Election == Election.Unclean)
        {
            foreach (BrokerId replica in Replicas)
            {
                if (MayLead(replica))
                {
                    return (replica, true);
                }
            }
        }

        return (BrokerId.None, false);
    }

    // From the ISR; from the ELR only when the ISR is empty.
    private bool IsCleanCandidate(BrokerId replica) =>
        (Isr.Contains(replica) || (Isr.IsEmpty && Elr.Contains(replica))) && MayLead(replica);

    // When ISR and ELR are empty the last leader is the best there is: nobody has more of the log.
    private BrokerId? LastKnownLeader() =>
        UsesElr && Isr.IsEmpty && Elr.IsEmpty && _before.LastKnownElr.Length == 1 && MayLead(_before.LastKnownElr[0])
            ? _before.LastKnownElr[0]
            : null;

    private void SetElr(PartitionChangeRecord record)
    {
        bool wasUnclean = record.Isr is not null;
        if (wasUnclean || !UsesElr)
        {
            Elr = [];
        }

        if (!Same(Elr, _before.Elr))
        {
            record.EligibleLeaderReplicas = PartitionImage.ToInts(Elr);
        }
    }

    private void RaiseLeaderEpochOnShrink(PartitionChangeRecord record)
    {
        if (Version.RaisesLeaderEpochOnIsrShrink
            && !record.NamesLeader()
            && record.Isr is not null
            && !ContainsAll(PartitionImage.ToIds(record.Isr), _before.Isr))
        {
            record.Leader = _before.Leader.Value;
        }
    }

    // LastKnownElr holds the last leader of a partition that lost it, and nothing else.
    private void SetLastKnownLeader(PartitionChangeRecord record)
    {
        if (!UsesElr)
        {
            return;
        }

        if (record.Leader == BrokerId.None.Value && _before.LastKnownElr.IsEmpty)
        {
            record.LastKnownElr = [_before.Leader.Value];
        }
        else if (record.Leader >= 0 && !_before.LastKnownElr.IsEmpty)
        {
            record.LastKnownElr = [];
        }
    }

    private void SetAssignment(PartitionChangeRecord record)
    {
        if (Version.HasDirectoryAssignment)
        {
            List<Uuid> directories = WantedDirectories();
            if (!directories.SequenceEqual(_before.Directories))
            {
                record.Directories = directories;
            }
        }

        record.Replicas = Same(Replicas, _before.Replicas) ? null : PartitionImage.ToInts(Replicas);
        record.RemovingReplicas = Same(Removing, _before.Removing) ? null : PartitionImage.ToInts(Removing);
        record.AddingReplicas = Same(Adding, _before.Adding) ? null : PartitionImage.ToInts(Adding);
    }

    private List<Uuid> WantedDirectories()
    {
        var directories = new List<Uuid>(Replicas.Length);
        foreach (BrokerId replica in Replicas)
        {
            if (Directory is { } assigned && assigned.Replica == replica)
            {
                directories.Add(assigned.Directory);
            }
            else if (_before.Replicas.Contains(replica))
            {
                directories.Add(_before.DirectoryOf(replica));
            }
            else
            {
                directories.Add(NewDirectory(replica));
            }
        }

        return directories;
    }
}
