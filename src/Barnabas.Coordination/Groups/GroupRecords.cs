using System.Collections.Frozen;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// The records of <c>__consumer_offsets</c>, in the versions that Apache Kafka 4.4 writes: group metadata in version 3,
/// offsets in version 4, or in version 1 if the client named a retention of its own.
/// </summary>
internal static class GroupRecords
{
    public const short LegacyOffsetCommitType = 0;
    public const short OffsetCommitType = 1;
    public const short GroupMetadataType = 2;

    private const short GroupMetadataVersion = 3;
    private const short OffsetCommitVersion = 4;
    private const short OffsetCommitVersionWithExpiry = 1;

    public static IReadOnlyDictionary<string, byte[]> NoAssignment { get; } = FrozenDictionary<string, byte[]>.Empty;

    /// <summary>The group as it is, with this assignment.</summary>
    public static CoordinatorRecord Metadata(ClassicGroup group, IReadOnlyDictionary<string, byte[]> assignment)
    {
        var value = new GroupMetadataValue
        {
            ProtocolType = group.ProtocolType ?? "",
            Generation = group.Generation,
            Protocol = group.ProtocolName,
            Leader = group.LeaderId,
            CurrentStateTimestamp = group.StateSinceMs ?? -1,
        };
        foreach (ClassicMember member in group.Members)
        {
            Invariant.That(group.ProtocolName is not null);
            value.Members.Add(new GroupMetadataValue.MemberMetadata
            {
                MemberId = member.Id,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                RebalanceTimeout = member.RebalanceTimeoutMs,
                SessionTimeout = member.SessionTimeoutMs,
                Subscription = member.Metadata(group.ProtocolName),
                Assignment = assignment[member.Id],
            });
        }

        return Metadata(group.Id, value);
    }

    /// <summary>A group that exists and has no generation yet, whoever may be joining it.</summary>
    public static CoordinatorRecord NewGroup(ClassicGroup group) => Metadata(group.Id, new GroupMetadataValue
    {
        ProtocolType = "",
        Generation = 0,
        Protocol = null,
        Leader = null,
        CurrentStateTimestamp = group.StateSinceMs ?? -1,
    });

    public static CoordinatorRecord GroupTombstone(string groupId) =>
        new(new GroupMetadataKey { Group = groupId }, null);

    public static Dictionary<string, byte[]> CurrentAssignment(ClassicGroup group)
    {
        var assignment = new Dictionary<string, byte[]>(group.Members.Count, StringComparer.Ordinal);
        foreach (ClassicMember member in group.Members)
        {
            assignment.Add(member.Id, member.Assignment);
        }

        return assignment;
    }

    public static CoordinatorRecord Offset(string groupId, string topic, int partition, in CommittedOffset committed)
    {
        var key = new OffsetCommitKey();
        var value = new OffsetCommitValue();
        Fill(key, value, groupId, topic, partition, committed);
        return new CoordinatorRecord(key, new MessageAndVersion(value, VersionFor(committed)));
    }

    /// <summary>
    /// Makes a record of an offset that nobody needs any more into another; false if it is written in another version.
    /// </summary>
    public static bool TryRewrite(
        CoordinatorRecord record, string groupId, string topic, int partition, in CommittedOffset committed)
    {
        if (record is not { Key: OffsetCommitKey key, Value: { Message: OffsetCommitValue value } written }
            || written.Version != VersionFor(committed))
        {
            return false;
        }

        Fill(key, value, groupId, topic, partition, committed);
        return true;
    }

    public static CoordinatorRecord OffsetTombstone(string groupId, string topic, int partition) =>
        new(new OffsetCommitKey { Group = groupId, Topic = topic, Partition = partition }, null);

    private static CoordinatorRecord Metadata(string groupId, GroupMetadataValue value) =>
        new(new GroupMetadataKey { Group = groupId }, new MessageAndVersion(value, GroupMetadataVersion));

    private static short VersionFor(in CommittedOffset committed) =>
        committed.ExpireTimestampMs is null ? OffsetCommitVersion : OffsetCommitVersionWithExpiry;

    private static void Fill(
        OffsetCommitKey key,
        OffsetCommitValue value,
        string groupId,
        string topic,
        int partition,
        in CommittedOffset committed)
    {
        key.Group = groupId;
        key.Topic = topic;
        key.Partition = partition;
        value.Offset = committed.Offset;
        value.LeaderEpoch = committed.LeaderEpoch;
        value.Metadata = committed.Metadata;
        value.CommitTimestamp = committed.CommitTimestampMs;
        value.ExpireTimestamp = committed.ExpireTimestampMs ?? -1;
        value.TopicId = committed.TopicId;
    }
}
