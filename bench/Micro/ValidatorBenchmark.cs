using Barnabas.Kernel;
using Barnabas.Platform;
using Barnabas.Records;
using BenchmarkDotNet.Attributes;

namespace Barnabas.Micro;

/// <summary>
/// What the leader's gate costs for a batch of 16 KiB in records of 100 bytes; nothing may be allocated.
/// </summary>
[ShortRunJob]
[MemoryDiagnoser]
public class ValidatorBenchmark
{
    private static readonly AppendContext Context =
        new(AppendOrigin.Client, Offset.Zero, new LeaderEpoch(1), NowMs: 1_000_000);

    private readonly RecordBatchValidator _validator = new(NativeCodecs.Create(), new RecordScratchPool(1));
    private byte[] _batch = [];
    private AppendRules _rules = new();

    [Params(CompressionType.None, CompressionType.Lz4, CompressionType.Zstd)]
    public CompressionType Codec { get; set; }

    [Params(ValidationDepth.Full, ValidationDepth.HeaderOnly)]
    public ValidationDepth Depth { get; set; }

    [GlobalSetup]
    public void Build()
    {
        _rules = new AppendRules { Depth = Depth };
        var builder = new RecordBatchBuilder(NativeCodecs.Create(), 16 * 1024);
        builder.Reset(new RecordBatchTemplate { Compression = Codec });
        byte[] value = new byte[90];
        var random = new Random(1);
        do
        {
            for (int i = 0; i < value.Length; i++)
            {
                value[i] = (byte)('a' + random.Next(12));
            }
        }
        while (builder.TryAppend(1_000_000, value.AsSpan(0, 4), value));

        _batch = builder.Build().ToArray();
    }

    [Benchmark]
    public ErrorCode Validate() => _validator.Validate(_batch, _rules, Context).Error;
}
