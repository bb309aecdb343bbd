namespace Barnabas.Coordination;

/// <summary>
/// Facts about groups, for whoever publishes metrics. Written on the coordinator's mailbox; each number may be read
/// from any thread. The names are those of Kafka's metrics (<c>kafka.server:type=group-coordinator-metrics</c>).
/// </summary>
public sealed class GroupCounters
{
    private readonly long[] _groupsByState = new long[5];
    private long _offsets;
    private long _offsetCommits;
    private long _offsetExpirations;
    private long _offsetDeletions;
    private long _completedRebalances;
    private long _expiredSessions;

    /// <summary><c>offset-commit-count</c>: offsets that were written by OffsetCommit.</summary>
    public long OffsetCommits => Volatile.Read(ref _offsetCommits);

    /// <summary><c>offset-expiration-count</c>.</summary>
    public long OffsetExpirations => Volatile.Read(ref _offsetExpirations);

    /// <summary><c>offset-deletion-count</c>: by request, or because the topic is gone.</summary>
    public long OffsetDeletions => Volatile.Read(ref _offsetDeletions);

    /// <summary><c>group-completed-rebalance-count</c>: generations that reached Stable.</summary>
    public long CompletedRebalances => Volatile.Read(ref _completedRebalances);

    /// <summary>Members removed because they were silent for their session timeout.</summary>
    public long ExpiredSessions => Volatile.Read(ref _expiredSessions);

    /// <summary><c>NumOffsets</c>, of <c>kafka.coordinator.group:type=GroupMetadataManager</c>.</summary>
    public long Offsets => Volatile.Read(ref _offsets);

    /// <summary><c>NumGroupsEmpty</c> and its sisters.</summary>
    public long Groups(ClassicGroupState state) => Volatile.Read(ref _groupsByState[(int)state]);

    /// <summary><c>NumGroups</c>, and <c>group-count</c> with <c>protocol=classic</c>.</summary>
    public long Groups()
    {
        long sum = 0;
        for (int i = 0; i < _groupsByState.Length; i++)
        {
            sum += Volatile.Read(ref _groupsByState[i]);
        }

        return sum;
    }

    internal void CountCommits(int count) => Add(ref _offsetCommits, count);

    internal void CountExpirations(int count) => Add(ref _offsetExpirations, count);

    internal void CountDeletions(int count) => Add(ref _offsetDeletions, count);

    internal void CountCompletedRebalance() => Add(ref _completedRebalances, 1);

    internal void CountExpiredSession() => Add(ref _expiredSessions, 1);

    internal void CountGroup(ClassicGroupState state, int change) => Add(ref _groupsByState[(int)state], change);

    internal void CountOffset(int change) => Add(ref _offsets, change);

    // One writer, so a plain addition is enough; readers must not see half a number.
    private static void Add(ref long counter, long count) => Volatile.Write(ref counter, counter + count);
}
