namespace Barnabas.Broker;

/// <summary>The fetch jobs of one reactor that are not in use.</summary>
internal sealed class FetchJobPool
{
    private const int PooledMax = 1024;

    private readonly Stack<FetchJob> _free = new();

    public FetchJob Rent() => _free.TryPop(out FetchJob? job) ? job : new FetchJob(this);

    public void Return(FetchJob job)
    {
        if (_free.Count < PooledMax)
        {
            _free.Push(job);
        }
    }
}
