namespace Barnabas.Broker;

/// <summary>The produce jobs of one reactor that are not in use.</summary>
internal sealed class ProduceJobPool
{
    private const int PooledMax = 1024;

    private readonly Stack<ProduceJob> _free = new();

    public ProduceJob Rent() => _free.TryPop(out ProduceJob? job) ? job : new ProduceJob(this);

    public void Return(ProduceJob job)
    {
        if (_free.Count < PooledMax)
        {
            _free.Push(job);
        }
    }
}
