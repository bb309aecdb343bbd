using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// An assignment under construction: a list of partitions for every member, in the order of their ids.
/// </summary>
internal sealed class AssignmentTable
{
    private readonly SortedDictionary<string, List<TopicPartition>> _partitions = new(StringComparer.Ordinal);

    public AssignmentTable(IReadOnlyList<GroupMember> members)
    {
        foreach (GroupMember member in members)
        {
            _partitions[member.MemberId] = [];
        }
    }

    public List<TopicPartition> Of(string memberId) => _partitions[memberId];

    public void Add(string memberId, TopicPartition partition) => _partitions[memberId].Add(partition);

    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> ToResult()
    {
        Dictionary<string, IReadOnlyList<TopicPartition>> result = new(StringComparer.Ordinal);
        foreach ((string member, List<TopicPartition> partitions) in _partitions)
        {
            result.Add(member, partitions);
        }

        return result;
    }
}
