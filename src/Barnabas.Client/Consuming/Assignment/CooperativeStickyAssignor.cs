using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// The sticky assignor in the cooperative protocol (KIP-429): members keep reading what they own while the group
/// rebalances. A partition that moves belongs to nobody in between: its owner gives it up after one rebalance, and the
/// new owner gets it in the next, which the giving up brings about.
/// </summary>
/// <remarks>
/// A group whose members all know this one and an eager one changes over member by member, as in Kafka: a member is
/// cooperative only if all of its <see cref="ConsumerOptions.Assignors"/> are.
/// </remarks>
public sealed class CooperativeStickyAssignor : IPartitionAssignor
{
    /// <inheritdoc/>
    public string Name => "cooperative-sticky";

    /// <inheritdoc/>
    public bool IsCooperative => true;

    /// <summary>The generation; what the member owns stands in its subscription.</summary>
    public byte[]? DescribeMember(IReadOnlyCollection<TopicPartition> owned, int generation)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, generation);
        return bytes;
    }

    /// <summary>As the interface says, but that a partition which another member still owns is left out.</summary>
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyDictionary<string, int> partitionCounts, IReadOnlyList<GroupMember> members)
    {
        ArgumentNullException.ThrowIfNull(partitionCounts);
        ArgumentNullException.ThrowIfNull(members);
        AssignmentTable table = StickyAssignor.Divide(
            partitionCounts, members, static member => (member.Owned, GenerationOf(member)));
        HashSet<TopicPartition> leaving = [];
        foreach (GroupMember member in members)
        {
            leaving.UnionWith(member.Owned.Except(table.Of(member.MemberId)));
        }

        foreach (GroupMember member in members)
        {
            HashSet<TopicPartition> owned = [.. member.Owned];
            table.Of(member.MemberId).RemoveAll(partition => leaving.Contains(partition) && !owned.Contains(partition));
        }

        return table.ToResult();
    }

    // Members older than version 2 of the subscription say it in the user data alone.
    private static int GenerationOf(GroupMember member) =>
        member.OwnedGeneration < 0 && member.UserData is { Length: >= sizeof(int) } data
            ? BinaryPrimitives.ReadInt32BigEndian(data.Span)
            : member.OwnedGeneration;
}
