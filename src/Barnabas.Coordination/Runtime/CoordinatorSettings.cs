using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>What all partitions of one runtime share.</summary>
internal sealed record CoordinatorSettings<TShard>(
    ICoordinatorLog Log,
    Func<CoordinatorShardContext, TShard> NewShard,
    CompressionCodecs Codecs,
    TimeSpan CommitTimeout,
    CoordinatorCounters Counters,
    ICoordinatorEvents Events)
    where TShard : class, ICoordinatorShard
{
    public CoordinatorTurn Turn { get; } = new();

    public CoordinatorBatchWriter Batches { get; } = new(Codecs);

    public CoordinatorReplay Replay { get; } = new(Codecs, Counters);
}
