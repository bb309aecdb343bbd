using Barnabas.Coordination;
using Barnabas.Kernel;
using Barnabas.Records;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>The partitions of <c>__consumer_offsets</c> as the coordinator's log.</summary>
internal sealed class CoordinatorLog(LocalTopics topics, TimeProvider time) : ICoordinatorLog
{
    public int MaxBatchBytes(int partition) =>
        Find(partition) is { IsOnline: true } found ? found.Log.Config.Append.MaxMessageBytes : 0;

    public CoordinatorAppend Append(int partition, LeaderEpoch epoch, Span<byte> batch)
    {
        if (Find(partition) is not { } found)
        {
            return CoordinatorAppend.Failed(ErrorCode.NotLeaderOrFollower);
        }

        AppendResult result = found.AppendInEpoch(batch, epoch, AppendOrigin.Coordinator, time.UnixMilliseconds);
        return result.Error == ErrorCode.None
            ? new CoordinatorAppend(ErrorCode.None, result.BaseOffset, found.Log.HighWatermark)
            : CoordinatorAppend.Failed(result.Error);
    }

    public CoordinatorRead Read(int partition, LeaderEpoch epoch, Offset from, Span<byte> destination)
    {
        if (Find(partition) is not { } found || found.Leadership.Epoch != epoch)
        {
            return CoordinatorRead.Failed(ErrorCode.NotLeaderOrFollower);
        }

        if (!found.IsOnline)
        {
            return CoordinatorRead.Failed(ErrorCode.KafkaStorageError);
        }

        PartitionLog log = found.Log;
        Offset start = Offset.Max(from, log.LogStartOffset);
        LogRead read = log.Read(start, destination.Length, log.LogEndOffset, atLeastOneBatch: false);
        if (read.Error != ErrorCode.None)
        {
            return CoordinatorRead.Failed(read.Error);
        }

        int count = 0;
        if (read.HasRegion)
        {
            count = WholeBatches(destination[..Copy(read.Region, destination)]);
        }

        return new CoordinatorRead(ErrorCode.None, count, read.FirstBatchSize, log.LogEndOffset, log.HighWatermark);
    }

    private static int Copy(FileRegion region, Span<byte> destination)
    {
        try
        {
            return region.File.File.Read(destination[..region.Count], region.Position);
        }
        finally
        {
            region.File.Release();
        }
    }

    private static int WholeBatches(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (RecordBatch.Probe(bytes[at..], out int size) == BatchFrame.Whole)
        {
            at += size;
        }

        return at;
    }

    private Partition? Find(int partition) =>
        topics.Find(new TopicPartition(InternalTopics.ConsumerOffsets, partition));
}
