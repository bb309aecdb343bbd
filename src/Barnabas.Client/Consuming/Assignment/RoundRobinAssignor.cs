using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Deals all partitions of all topics out in turn, in the order of topic and number; a member that did not subscribe to
/// the topic is passed over.
/// </summary>
public sealed class RoundRobinAssignor : IPartitionAssignor
{
    /// <inheritdoc/>
    public string Name => "roundrobin";

    /// <inheritdoc/>
    public byte[]? DescribeMember(IReadOnlyCollection<TopicPartition> owned, int generation) => null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyDictionary<string, int> partitionCounts, IReadOnlyList<GroupMember> members)
    {
        ArgumentNullException.ThrowIfNull(partitionCounts);
        ArgumentNullException.ThrowIfNull(members);
        AssignmentTable table = new(members);
        List<GroupMember> turn = [.. members];
        turn.Sort();
        int next = 0;
        foreach ((string topic, List<GroupMember> subscribers) in GroupMember.ByTopic(members))
        {
            int partitions = partitionCounts.GetValueOrDefault(topic);
            for (int partition = 0; partition < partitions; partition++)
            {
                while (!subscribers.Contains(turn[next]))
                {
                    next = (next + 1) % turn.Count;
                }

                table.Add(turn[next].MemberId, new TopicPartition(topic, partition));
                next = (next + 1) % turn.Count;
            }
        }

        return table.ToResult();
    }
}
