using Barnabas.Kernel;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;

namespace Barnabas.Micro;

/// <summary>
/// The checksum over a batch as producers send it, over a fetch, and over what recovery reads at a time.
/// </summary>
[Config(typeof(BothWays))]
public class Crc32CBenchmark
{
    private byte[] _bytes = [];

    [Params(1024, 16 * 1024, 256 * 1024, 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _bytes = new byte[Size];
        new Random(1).NextBytes(_bytes);
    }

    [Benchmark]
    public uint Compute() => Crc32C.Compute(_bytes);

    /// <summary>
    /// Folding, where the processor has it; and, without wide vectors, the three chains that every other one takes.
    /// </summary>
    private sealed class BothWays : ManualConfig
    {
        public BothWays()
        {
            Job job = Job.ShortRun;
            AddJob(job.WithId("all the processor has"));
            AddJob(job.WithEnvironmentVariable("DOTNET_EnableAVX512", "0").WithId("without AVX-512"));
        }
    }
}
