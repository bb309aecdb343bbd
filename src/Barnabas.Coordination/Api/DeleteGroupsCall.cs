using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

internal sealed class DeleteGroupsCall(
    CoordinatorDriver<GroupShard> driver,
    int partitions,
    DeleteGroupsRequest request,
    IReplyTo<DeleteGroupsResponse> receiver)
    : GatheringCall<DeleteGroupsResponse>(driver, receiver, new DeleteGroupsResponse())
{
    protected override void AskAll()
    {
        // Named twice is deleted once.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string groupId in request.GroupsNames)
        {
            if (seen.Add(groupId))
            {
                var result = new DeleteGroupsResponse.DeletableGroupResult { GroupId = groupId };
                Response.Results.Add(result);
                Ask(new DeletePart(this, GroupPartition.Of(groupId, partitions), result));
            }
        }
    }

    private sealed class DeletePart(
        DeleteGroupsCall whole, int partition, DeleteGroupsResponse.DeletableGroupResult result)
        : Part(whole, partition)
    {
        public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed)
        {
            var records = new List<CoordinatorRecord>();
            result.ErrorCode = (short)shard.Queries.Delete(result.GroupId, records);
            return CoordinatorResult.Write(records, this);
        }

        protected override void Fill(ErrorCode error)
        {
            if (error != ErrorCode.None)
            {
                result.ErrorCode = (short)error;
            }
        }
    }
}
