using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Divides partitions among the members of a classic group. It runs on the member that leads the group, so it must be a
/// pure function: the same members and partitions give the same answer in any process and language.
/// </summary>
public interface IPartitionAssignor
{
    /// <summary>The name that members agree on in JoinGroup, such as <c>range</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Members keep what they own while the group rebalances (KIP-429), so <see cref="Assign"/> never gives a member
    /// what another one owns. The default is the eager protocol: everything is given up before.
    /// </summary>
    bool IsCooperative => false;

    /// <summary>What this member tells the leader beyond its topics; null for nothing.</summary>
    /// <param name="owned">The partitions of the last assignment, empty at first; if cooperative, those it still has.
    /// </param>
    /// <param name="generation">The generation of that assignment, -1 at first.</param>
    byte[]? DescribeMember(IReadOnlyCollection<TopicPartition> owned, int generation);

    /// <summary>
    /// Gives each partition of each subscribed topic to one member that subscribed to it. The result has an entry for
    /// every member.
    /// </summary>
    /// <param name="partitionCounts">Topics that exist, with their number of partitions.</param>
    /// <param name="members">In any order.</param>
    IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyDictionary<string, int> partitionCounts, IReadOnlyList<GroupMember> members);
}
