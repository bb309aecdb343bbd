using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Keeps members' partitions where they are as far as balance allows (KIP-54), in the eager protocol: members still
/// give everything up before a rebalance. Two members that can take the same partition differ by at most one partition.
/// </summary>
/// <remarks>
/// A fresh assignment of members with equal topics is Kafka's own; when members come and go, balance and stickiness are
/// kept, but which of several equally good partitions moves may differ from Kafka's choice.
/// </remarks>
public sealed class StickyAssignor : IPartitionAssignor
{
    /// <inheritdoc/>
    public string Name => "sticky";

    /// <inheritdoc/>
    public byte[]? DescribeMember(IReadOnlyCollection<TopicPartition> owned, int generation)
    {
        ArgumentNullException.ThrowIfNull(owned);
        return owned.Count == 0 ? null : StickyMemory.Write(owned, generation);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyDictionary<string, int> partitionCounts, IReadOnlyList<GroupMember> members)
    {
        ArgumentNullException.ThrowIfNull(partitionCounts);
        ArgumentNullException.ThrowIfNull(members);
        return Divide(partitionCounts, members, static member =>
            member.UserData is { } data
            && StickyMemory.TryRead(data.Span, out List<TopicPartition> owned, out int generation)
                ? (owned, generation)
                : ([], -1)).ToResult();
    }

    /// <summary>Divides with regard to who owned what in which generation, as the memory tells.</summary>
    internal static AssignmentTable Divide(
        IReadOnlyDictionary<string, int> partitionCounts,
        IReadOnlyList<GroupMember> members,
        Func<GroupMember, (IReadOnlyList<TopicPartition> Owned, int Generation)> memory)
    {
        AssignmentTable table = new(members);
        SortedDictionary<string, List<GroupMember>> subscribers = GroupMember.ByTopic(members);
        Dictionary<TopicPartition, string> owners = Claims(partitionCounts, members, subscribers, memory);
        List<TopicPartition> free = [];
        foreach ((string topic, List<GroupMember> _) in subscribers)
        {
            for (int partition = 0; partition < partitionCounts.GetValueOrDefault(topic); partition++)
            {
                TopicPartition candidate = new(topic, partition);
                if (owners.TryGetValue(candidate, out string? owner))
                {
                    table.Add(owner, candidate);
                }
                else
                {
                    free.Add(candidate);
                }
            }
        }

        // Partitions with few takers first: whoever can take anything fills the gaps afterwards. The sort is stable
        // only through its second key.
        free.Sort((a, b) =>
        {
            int takers = subscribers[a.Topic].Count.CompareTo(subscribers[b.Topic].Count);
            int topics = takers != 0 ? takers : string.CompareOrdinal(a.Topic, b.Topic);
            return topics != 0 ? topics : a.Partition.CompareTo(b.Partition);
        });
        foreach (TopicPartition partition in free)
        {
            table.Add(LeastLoaded(subscribers[partition.Topic], table).MemberId, partition);
        }

        Balance(table, members, subscribers);
        return table;
    }

    // Who owned what, as the members say. A partition that two claim belongs to the higher generation; the other claim
    // is from before a missed rebalance. Two claims of one generation cannot both be true, and neither is believed.
    private static Dictionary<TopicPartition, string> Claims(
        IReadOnlyDictionary<string, int> partitionCounts,
        IReadOnlyList<GroupMember> members,
        SortedDictionary<string, List<GroupMember>> subscribers,
        Func<GroupMember, (IReadOnlyList<TopicPartition> Owned, int Generation)> memory)
    {
        Dictionary<TopicPartition, string> owners = [];
        Dictionary<TopicPartition, int> generations = [];
        List<GroupMember> ordered = [.. members];
        ordered.Sort();
        foreach (GroupMember member in ordered)
        {
            (IReadOnlyList<TopicPartition> owned, int generation) = memory(member);
            foreach (TopicPartition partition in owned.Distinct())
            {
                bool possible = partition.Partition >= 0
                    && partition.Partition < partitionCounts.GetValueOrDefault(partition.Topic)
                    && subscribers.TryGetValue(partition.Topic, out List<GroupMember>? takers)
                    && takers.Contains(member);
                int before = generations.GetValueOrDefault(partition, int.MinValue);
                if (possible && generation > before)
                {
                    generations[partition] = generation;
                    owners[partition] = member.MemberId;
                }
                else if (possible && generation == before)
                {
                    owners.Remove(partition);
                }
            }
        }

        return owners;
    }

    private static GroupMember LeastLoaded(List<GroupMember> candidates, AssignmentTable table)
    {
        GroupMember least = candidates[0];
        foreach (GroupMember candidate in candidates)
        {
            if (table.Of(candidate.MemberId).Count < table.Of(least.MemberId).Count)
            {
                least = candidate;
            }
        }

        return least;
    }

    // Each move takes a partition from a member to one with at least two fewer, so the sum of squares of the loads
    // falls and the loop ends.
    private static void Balance(
        AssignmentTable table,
        IReadOnlyList<GroupMember> members,
        SortedDictionary<string, List<GroupMember>> subscribers)
    {
        List<GroupMember> ordered = [.. members];
        ordered.Sort();
        bool moved = true;
        while (moved)
        {
            moved = false;
            ordered.Sort((a, b) => table.Of(b.MemberId).Count.CompareTo(table.Of(a.MemberId).Count) is var order
                && order != 0 ? order : a.CompareTo(b));
            foreach (GroupMember giver in ordered)
            {
                if (TryGiveOne(giver, table, subscribers))
                {
                    moved = true;
                    break;
                }
            }
        }
    }

    private static bool TryGiveOne(
        GroupMember giver, AssignmentTable table, SortedDictionary<string, List<GroupMember>> subscribers)
    {
        List<TopicPartition> own = table.Of(giver.MemberId);
        // From the end: the partitions it got last are the ones it knows least.
        for (int i = own.Count - 1; i >= 0; i--)
        {
            GroupMember taker = LeastLoaded(subscribers[own[i].Topic], table);
            if (table.Of(taker.MemberId).Count <= own.Count - 2)
            {
                table.Add(taker.MemberId, own[i]);
                own.RemoveAt(i);
                return true;
            }
        }

        return false;
    }
}
