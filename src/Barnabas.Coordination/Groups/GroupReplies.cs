using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

/// <summary>The replies of the classic protocol.</summary>
internal static class GroupReplies
{
    public static JoinGroupResponse JoinError(string memberId, ErrorCode error) => new()
    {
        MemberId = memberId,
        ErrorCode = (short)error,
        ProtocolName = null,
    };

    /// <summary>The member is part of the present generation. Only the leader is told who the others are.</summary>
    public static JoinGroupResponse Joined(ClassicGroup group, ClassicMember member)
    {
        var response = new JoinGroupResponse
        {
            MemberId = member.Id,
            GenerationId = group.Generation,
            ProtocolType = group.ProtocolType,
            ProtocolName = group.ProtocolName,
            Leader = group.LeaderId ?? "",
        };
        if (group.IsLeader(member.Id))
        {
            AddMembers(response, group);
        }

        return response;
    }

    public static void AddMembers(JoinGroupResponse response, ClassicGroup group)
    {
        Invariant.That(group.ProtocolName is not null);
        foreach (ClassicMember other in group.Members)
        {
            response.Members.Add(new JoinGroupResponse.JoinGroupResponseMember
            {
                MemberId = other.Id,
                GroupInstanceId = other.InstanceId,
                Metadata = other.Metadata(group.ProtocolName),
            });
        }
    }

    public static SyncGroupResponse SyncError(ErrorCode error) => new() { ErrorCode = (short)error };

    public static SyncGroupResponse Synced(ClassicGroup group, ClassicMember member) => new()
    {
        ProtocolType = group.ProtocolType,
        ProtocolName = group.ProtocolName,
        Assignment = member.Assignment,
    };
}
