using Barnabas.Kernel;
using BenchmarkDotNet.Attributes;

namespace Barnabas.Micro;

/// <summary>What counting costs on each of several threads: in a counter's own cells, and in one number for all.</summary>
[ShortRunJob]
public class CounterBenchmark
{
    private const int Counts = 1_000_000;

    private readonly Counter _counter = new();
    private long _shared;

    [Params(1, 2)]
    public int Threads { get; set; }

    [Benchmark(OperationsPerInvoke = Counts)]
    public void OwnCells() => OnThreads(_counter.Increment);

    [Benchmark(Baseline = true, OperationsPerInvoke = Counts)]
    public void OneNumber() => OnThreads(() => Interlocked.Increment(ref _shared));

    private void OnThreads(Action count)
    {
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() => Repeat(count)))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
    }

    private static void Repeat(Action count)
    {
        for (int i = 0; i < Counts; i++)
        {
            count();
        }
    }
}
