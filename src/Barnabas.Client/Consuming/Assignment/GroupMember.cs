using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>A member of a classic group as its leader sees it.</summary>
public sealed record GroupMember : IComparable<GroupMember>
{
    /// <summary>The id that the coordinator gave.</summary>
    public required string MemberId { get; init; }

    /// <summary>KIP-345: the member's own id, if it is a static one.</summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>Topics it wants.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>What its assignor added.</summary>
    public ReadOnlyMemory<byte>? UserData { get; init; }

    /// <summary>What it owns while the group rebalances; empty in the eager protocol.</summary>
    public IReadOnlyList<TopicPartition> Owned { get; init; } = [];

    /// <summary>The generation in which it got them, -1 if it does not say.</summary>
    public int OwnedGeneration { get; init; } = -1;

    /// <summary>
    /// Kafka's order of members: static ones first, by instance id, because that id survives a restart; then the others
    /// by member id.
    /// </summary>
    public int CompareTo(GroupMember? other) => (GroupInstanceId, other?.GroupInstanceId) switch
    {
        _ when other is null => 1,
        ({ } mine, { } theirs) => string.CompareOrdinal(mine, theirs),
        ({ }, null) => -1,
        (null, { }) => 1,
        _ => string.CompareOrdinal(MemberId, other.MemberId),
    };

    /// <summary>The members that subscribed to a topic, by topic, each list in Kafka's order.</summary>
    internal static SortedDictionary<string, List<GroupMember>> ByTopic(IReadOnlyList<GroupMember> members)
    {
        SortedDictionary<string, List<GroupMember>> byTopic = new(StringComparer.Ordinal);
        foreach (GroupMember member in members)
        {
            foreach (string topic in member.Topics)
            {
                if (!byTopic.TryGetValue(topic, out List<GroupMember>? list))
                {
                    byTopic.Add(topic, list = []);
                }

                if (!list.Contains(member))
                {
                    list.Add(member);
                }
            }
        }

        foreach (List<GroupMember> list in byTopic.Values)
        {
            list.Sort();
        }

        return byTopic;
    }
}
