using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// One partition of <c>__consumer_offsets</c>: the classic groups whose ids hash to it, and their committed offsets.
/// Records of consumer, share and streams groups are left in the log for nodes that serve them.
/// </summary>
internal sealed class GroupShard : ICoordinatorShard
{
    private readonly GroupCoordinatorOptions _options;
    private readonly CoordinatorTimers _timers;
    private readonly GroupCounters _counters;
    private readonly GroupDirectory _groups;
    private readonly OffsetStore _offsets;
    private readonly TransactionalOffsets _transactional;
    private readonly Rebalances _rebalances;
    private readonly ExpiryTimer _expiry;

    public GroupShard(
        CoordinatorShardContext context,
        GroupCoordinatorOptions options,
        IEntropy entropy,
        GroupCounters counters,
        ICoordinatorEvents events)
    {
        _options = options;
        _timers = context.Timers;
        _counters = counters;
        _groups = new GroupDirectory(context.Registry, counters);
        _offsets = new OffsetStore(context.Registry, counters);
        _transactional = new TransactionalOffsets(_offsets);
        _rebalances = new Rebalances(_groups, options, _timers, counters, events);
        _expiry = new ExpiryTimer(this);
        Joins = new GroupJoins(_groups, options, _rebalances, entropy);
        Syncs = new GroupSyncs(_groups, _rebalances);
        Memberships = new GroupMemberships(_groups, _rebalances);
        Commits = new OffsetCommits(_groups, _offsets, _rebalances, options, counters);
        Fetches = new OffsetFetches(_groups, _offsets, _transactional);
        Expiry = new OffsetExpiry(_groups, _offsets, _transactional, options, counters);
        Queries = new GroupQueries(_groups, _offsets, counters);
    }

    public CoordinatorRecordCodec Codec => CoordinatorRecordCodec.Group;

    public GroupJoins Joins { get; }

    public GroupSyncs Syncs { get; }

    public GroupMemberships Memberships { get; }

    public OffsetCommits Commits { get; }

    public OffsetFetches Fetches { get; }

    public OffsetExpiry Expiry { get; }

    public GroupQueries Queries { get; }

    public GroupDirectory Groups => _groups;

    public bool Serves(short recordType) => recordType
        is GroupRecords.LegacyOffsetCommitType
        or GroupRecords.OffsetCommitType
        or GroupRecords.GroupMetadataType;

    public void Replay(Offset offset, CoordinatorRecord record)
    {
        switch (record.Key)
        {
            case OffsetCommitKey key:
                ReplayOffset(key.Group, key.Topic, key.Partition, record.Value?.Message switch
                {
                    OffsetCommitValue value => CommittedOffset.From(offset, value),
                    _ => null,
                });
                break;
            case LegacyOffsetCommitKey key:
                ReplayOffset(key.Group, key.Topic, key.Partition, record.Value?.Message switch
                {
                    LegacyOffsetCommitValue value => CommittedOffset.From(offset, value),
                    _ => null,
                });
                break;
            case GroupMetadataKey key:
                ReplayGroup(key.Group, (GroupMetadataValue?)record.Value?.Message);
                break;
            default:
                throw new InvariantBrokenException("only served records are replayed");
        }
    }

    public void ReplayTransactional(Offset offset, long producerId, CoordinatorRecord record)
    {
        if (record.Key is not OffsetCommitKey key)
        {
            // Nothing but offsets is ever committed in a transaction; what is there counts as written plainly.
            Replay(offset, record);
            return;
        }

        _transactional.Add(offset, producerId, key, (OffsetCommitValue?)record.Value?.Message);
        FindOrCreate(key.Group);
    }

    public void ReplayEndOfTransaction(long producerId, bool committed)
    {
        foreach (string groupId in _transactional.End(producerId, committed))
        {
            FindOrCreate(groupId);
        }
    }

    public void OnLoaded(CoordinatorTime now)
    {
        foreach (ClassicGroup group in _groups.Sorted())
        {
            _rebalances.Resume(group, now);
        }

        ArmExpiry(now);
    }

    public void OnUnloaded(ErrorCode error)
    {
        _timers.Disarm(_expiry);
        foreach (ClassicGroup group in _groups.Sorted())
        {
            _rebalances.Abandon(group, error);
            _counters.CountGroup(group.State, -1);
        }

        _counters.CountOffset(-_offsets.Count);
    }

    private void ReplayOffset(string groupId, string topic, int partition, CommittedOffset? committed)
    {
        if (committed is not { } present)
        {
            _offsets.Remove(groupId, topic, partition);
            _transactional.Forget(groupId, topic, partition);
            return;
        }

        FindOrCreate(groupId);
        _offsets.Put(groupId, topic, partition, present);
    }

    private void ReplayGroup(string groupId, GroupMetadataValue? value)
    {
        if (value is not null)
        {
            var group = new ClassicGroup(
                groupId, value.CurrentStateTimestamp == -1 ? null : value.CurrentStateTimestamp);
            group.Load(value);
            _groups.Put(group);
        }
        else if (_groups.TryFind(groupId, out ClassicGroup? removed))
        {
            _rebalances.Abandon(removed, ErrorCode.UnknownMemberId);
            _groups.Remove(removed);
        }
    }

    // Who commits without membership has a group that only stores offsets.
    private void FindOrCreate(string groupId)
    {
        if (!_groups.TryFind(groupId, out _))
        {
            _groups.Put(new ClassicGroup(groupId, stateSinceMs: null));
        }
    }

    private void ArmExpiry(CoordinatorTime now) =>
        _timers.Arm(_expiry, now.Monotonic + _options.OffsetsRetentionCheckInterval);

    private sealed class ExpiryTimer(GroupShard shard) : CoordinatorTimer
    {
        public override CoordinatorResult Expire(CoordinatorTime now)
        {
            shard.ArmExpiry(now);
            return CoordinatorResult.Write(shard.Expiry.Expire(now));
        }
    }
}
