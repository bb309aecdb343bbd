using Barnabas.Coordination;

namespace Barnabas.Broker;

/// <summary>
/// Requests that every member of a group sends again and again: read in place, answered from the coordinator's mailbox,
/// and nothing is allocated in their steady state.
/// </summary>
internal abstract class GroupExchangeHandler<TExchange>(GroupCoordinator groups) : RequestHandler
    where TExchange : GroupExchange, new()
{
    public sealed override bool Handle(Request request, Span<byte> frame, int bodyStart)
    {
        GroupJob<TExchange> job = request.Workspace.Scratch<GroupJobPool<TExchange>>().Rent();
        if (!job.TryOpen(request, frame, bodyStart))
        {
            return false;
        }

        groups.Submit(job.Exchange, job);
        return true;
    }
}
