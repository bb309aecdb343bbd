using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination;

internal sealed class ListGroupsCall(
    CoordinatorDriver<GroupShard> driver,
    int partitions,
    ListGroupsRequest request,
    IReplyTo<ListGroupsResponse> receiver)
    : GatheringCall<ListGroupsResponse>(driver, receiver, new ListGroupsResponse())
{
    private ListGroupsRequest Request => request;

    protected override void AskAll()
    {
        for (int i = 0; i < partitions; i++)
        {
            Ask(new ListPart(this, i));
        }
    }

    protected override void Finish()
    {
        if (Response.ErrorCode != 0)
        {
            Response.Groups.Clear();
        }

        Response.Groups.Sort(static (left, right) => string.CompareOrdinal(left.GroupId, right.GroupId));
    }

    private sealed class ListPart(ListGroupsCall whole, int partition) : Part(whole, partition)
    {
        public override CoordinatorResult Ask(GroupShard shard, CoordinatorTime now, long committed)
        {
            shard.Queries.List(whole.Request, whole.Response, committed);
            Complete(ErrorCode.None);
            return CoordinatorResult.Nothing;
        }

        // Each node lists what it leads; partitions of others are none of its business.
        protected override void Fill(ErrorCode error)
        {
            if (error is not (ErrorCode.None or ErrorCode.NotCoordinator))
            {
                whole.Response.ErrorCode = (short)error;
            }
        }
    }
}
