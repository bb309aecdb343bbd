using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>
/// ListGroups (versions 0 to 5), DescribeGroups (0 to 6) and DeleteGroups (0 to 3), for the groups of one partition.
/// </summary>
internal sealed class GroupQueries(GroupDirectory groups, OffsetStore offsets, GroupCounters counters)
{
    /// <summary>The one type of group that this node serves, as clients name it.</summary>
    private const string ClassicType = "classic";

    private const short FirstVersionWithGroupIdNotFound = 6;

    /// <summary>
    /// Adds the groups that match; an empty filter matches all. Filters ignore case (KIP-518, KIP-848).
    /// </summary>
    public void List(ListGroupsRequest request, ListGroupsResponse response, long epoch)
    {
        if (!Matches(request.TypesFilter, ClassicType))
        {
            return;
        }

        foreach (ClassicGroup group in groups.Sorted(epoch))
        {
            string state = group.State.ToString();
            if (Matches(request.StatesFilter, state))
            {
                response.Groups.Add(new ListGroupsResponse.ListedGroup
                {
                    GroupId = group.Id,
                    ProtocolType = group.ProtocolType ?? "",
                    GroupState = state,
                    GroupType = ClassicType,
                });
            }
        }
    }

    public DescribeGroupsResponse.DescribedGroup Describe(string groupId, short apiVersion, long epoch)
    {
        if (groups.Find(groupId, epoch) is not { } group)
        {
            bool tellsError = apiVersion >= FirstVersionWithGroupIdNotFound;
            return new DescribeGroupsResponse.DescribedGroup
            {
                GroupId = groupId,
                GroupState = nameof(ClassicGroupState.Dead),
                ErrorCode = (short)(tellsError ? ErrorCode.GroupIdNotFound : ErrorCode.None),
                ErrorMessage = tellsError ? $"Group {groupId} not found." : null,
            };
        }

        // Between generations there is no protocol whose metadata could be shown.
        string? protocol = group.Is(ClassicGroupState.Stable) ? group.ProtocolName : null;
        var described = new DescribeGroupsResponse.DescribedGroup
        {
            GroupId = groupId,
            GroupState = group.State.ToString(),
            ProtocolType = group.ProtocolType ?? "",
            ProtocolData = protocol ?? "",
        };
        foreach (ClassicMember member in group.Members)
        {
            described.Members.Add(new DescribeGroupsResponse.DescribedGroupMember
            {
                MemberId = member.Id,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                MemberMetadata = protocol is null ? [] : member.Metadata(protocol),
                MemberAssignment = member.Assignment,
            });
        }

        return described;
    }

    /// <summary>Removes a group without members, with its offsets.</summary>
    public ErrorCode Delete(string groupId, List<CoordinatorRecord> records)
    {
        if (!groups.TryFind(groupId, out ClassicGroup? group))
        {
            return ErrorCode.GroupIdNotFound;
        }

        if (!group.Is(ClassicGroupState.Empty))
        {
            return ErrorCode.NonEmptyGroup;
        }

        int before = records.Count;
        foreach (TopicOffsets topic in offsets.OfGroup(groupId))
        {
            foreach ((int partition, _) in topic.Partitions)
            {
                records.Add(GroupRecords.OffsetTombstone(groupId, topic.Topic, partition));
            }
        }

        counters.CountDeletions(records.Count - before);
        records.Add(GroupRecords.GroupTombstone(groupId));
        return ErrorCode.None;
    }

    private static bool Matches(List<string> filter, string name)
    {
        if (filter.Count == 0)
        {
            return true;
        }

        foreach (string wanted in filter)
        {
            if (wanted.AsSpan().Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
