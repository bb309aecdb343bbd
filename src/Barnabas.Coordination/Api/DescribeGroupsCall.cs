using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

internal sealed class DescribeGroupsCall(
    CoordinatorDriver<GroupShard> driver,
    int partitions,
    DescribeGroupsRequest request,
    RequestContext context,
    IReplyTo<DescribeGroupsResponse> receiver)
    : GatheringCall<DescribeGroupsResponse>(driver, receiver, new DescribeGroupsResponse())
{
    protected override void AskAll()
    {
        // A place for each, so that the reply has the order of the request.
        foreach (string groupId in request.Groups)
        {
            Response.Groups.Add(new DescribeGroupsResponse.DescribedGroup { GroupId = groupId });
        }

        for (int i = 0; i < request.Groups.Count; i++)
        {
            Ask(new DescribePart(this, GroupPartition.Of(request.Groups[i], partitions), i, context.ApiVersion));
        }
    }

    private sealed class DescribePart(DescribeGroupsCall whole, int partition, int place, short apiVersion)
        : Part(whole, partition)
    {
        public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed)
        {
            string groupId = whole.Response.Groups[place].GroupId;
            whole.Response.Groups[place] = shard.Queries.Describe(groupId, apiVersion, committed);
            Complete(ErrorCode.None);
            return CoordinatorResult.Nothing;
        }

        protected override void Fill(ErrorCode error)
        {
            if (error != ErrorCode.None)
            {
                whole.Response.Groups[place].ErrorCode = (short)error;
            }
        }
    }
}
