using Barnabas.Kernel;
using Barnabas.Platform;
using BenchmarkDotNet.Attributes;

namespace Barnabas.Micro;

/// <summary>
/// What it costs a thread to post to a reactor that is awake, as an append does for each fetch that waits on another
/// reactor; the reactor runs the items meanwhile.
/// </summary>
[SimpleJob(warmupCount: 3, iterationCount: 10, invocationCount: 20)]
public class PostBenchmark : IDisposable
{
    private const int Items = 20_000;

    private readonly EpollNetwork _network =
        new(new TransportOptions { Reactors = 2, OnFault = static (_, fault) => Console.Error.WriteLine(fault) });

    private readonly Item[] _items = [.. Enumerable.Range(0, Items).Select(static _ => new Item())];

    public void Dispose()
    {
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public void Post()
    {
        IReactor reactor = _network.Reactors[1];
        foreach (Item item in _items)
        {
            reactor.Post(item);
        }

        while (!_items[^1].TakeRan())
        {
        }
    }

    private sealed class Item : WorkItem
    {
        private bool _ran;

        public override void Run() => Volatile.Write(ref _ran, true);

        public bool TakeRan()
        {
            bool ran = Volatile.Read(ref _ran);
            _ran &= !ran;
            return ran;
        }
    }
}
