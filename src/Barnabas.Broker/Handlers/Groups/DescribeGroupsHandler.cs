using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// DescribeGroups (15): members and assignments of classic groups. Version 3 tells authorized operations (KIP-430),
/// version 6 tells of a group that does not exist by an error (KIP-1043).
/// </summary>
internal sealed class DescribeGroupsHandler(GroupCoordinator groups) : MessageHandler<DescribeGroupsRequest>
{
    public override ApiKey Api => ApiKey.DescribeGroups;

    protected override void Handle(Request request, DescribeGroupsRequest message) =>
        groups.DescribeGroups(
            message,
            GroupContext.Of(request),
            message.IncludeAuthorizedOperations ? new WithOperations(request) : request);

    private sealed class WithOperations(IReplyTo<DescribeGroupsResponse> request) : IReplyTo<DescribeGroupsResponse>
    {
        public void Reply(DescribeGroupsResponse response)
        {
            foreach (DescribeGroupsResponse.DescribedGroup group in response.Groups)
            {
                if (group.ErrorCode == (short)ErrorCode.None)
                {
                    group.AuthorizedOperations = AuthorizedOperations.Group;
                }
            }

            request.Reply(response);
        }
    }
}
