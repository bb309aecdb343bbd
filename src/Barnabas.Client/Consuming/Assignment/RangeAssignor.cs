using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Kafka's default: each topic is cut into one run of partitions per member, so that equal partition numbers of several
/// topics meet at the same member. The first members get one more when the division leaves a remainder.
/// </summary>
/// <remarks>Racks (KIP-881) are not looked at; without <c>client.rack</c> Kafka's own gives the same result.</remarks>
public sealed class RangeAssignor : IPartitionAssignor
{
    /// <inheritdoc/>
    public string Name => "range";

    /// <inheritdoc/>
    public byte[]? DescribeMember(IReadOnlyCollection<TopicPartition> owned, int generation) => null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyDictionary<string, int> partitionCounts, IReadOnlyList<GroupMember> members)
    {
        ArgumentNullException.ThrowIfNull(partitionCounts);
        ArgumentNullException.ThrowIfNull(members);
        AssignmentTable table = new(members);
        foreach ((string topic, List<GroupMember> subscribers) in GroupMember.ByTopic(members))
        {
            int partitions = partitionCounts.GetValueOrDefault(topic);
            (int each, int extra) = Math.DivRem(partitions, subscribers.Count);
            int next = 0;
            for (int i = 0; i < subscribers.Count; i++)
            {
                int end = next + each + (i < extra ? 1 : 0);
                while (next < end)
                {
                    table.Add(subscribers[i].MemberId, new TopicPartition(topic, next));
                    next++;
                }
            }
        }

        return table.ToResult();
    }
}
