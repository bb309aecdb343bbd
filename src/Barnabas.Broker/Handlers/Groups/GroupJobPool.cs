using Barnabas.Coordination;

namespace Barnabas.Broker;

/// <summary>The group jobs of one reactor that are not in use.</summary>
internal sealed class GroupJobPool<TExchange>
    where TExchange : GroupExchange, new()
{
    // A free job keeps up to some 20 KB; more than so many wait for the coordinator at a time only in a crowd.
    private const int PooledMax = 256;

    private readonly Stack<GroupJob<TExchange>> _free = new();

    public GroupJob<TExchange> Rent() => _free.TryPop(out GroupJob<TExchange>? job) ? job : new(this);

    public void Return(GroupJob<TExchange> job)
    {
        if (_free.Count < PooledMax)
        {
            _free.Push(job);
        }
    }
}
