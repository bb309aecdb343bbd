using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Coordination.Tests;

/// <summary>
/// The coordinator's topic in memory. Fault model: appends fail with a chosen error; the high watermark follows the log
/// end at once, or is held back until the test lets it go.
/// </summary>
internal sealed class MemoryLog(int partitions) : ICoordinatorLog
{
    private readonly Partition[] _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new Partition())];

    public int BatchBytesMax { get; set; } = 1024 * 1024;

    /// <summary>The error the next appends fail with.</summary>
    public ErrorCode AppendError { get; set; } = ErrorCode.None;

    /// <summary>The error reads fail with.</summary>
    public ErrorCode ReadError { get; set; } = ErrorCode.None;

    /// <summary>Holds the high watermarks where they are.</summary>
    public bool HoldsHighWatermark { get; set; }

    public int MaxBatchBytes(int partition) => BatchBytesMax;

    public CoordinatorAppend Append(int partition, LeaderEpoch epoch, Span<byte> batch)
    {
        if (AppendError != ErrorCode.None)
        {
            return CoordinatorAppend.Failed(AppendError);
        }

        Partition log = _partitions[partition];
        Offset baseOffset = new(log.End);
        var mutable = new MutableRecordBatch(batch);
        mutable.SetBaseOffset(baseOffset);
        mutable.SetPartitionLeaderEpoch(epoch);
        Write(partition, batch);
        if (!HoldsHighWatermark)
        {
            log.HighWatermark = log.End;
        }

        return new CoordinatorAppend(ErrorCode.None, baseOffset, new Offset(log.HighWatermark));
    }

    public CoordinatorRead Read(int partition, LeaderEpoch epoch, Offset from, Span<byte> destination)
    {
        if (ReadError != ErrorCode.None)
        {
            return CoordinatorRead.Failed(ReadError);
        }

        Partition log = _partitions[partition];
        int count = 0;
        int first = 0;
        foreach ((long next, byte[] bytes) in log.Batches)
        {
            if (next <= from.Value)
            {
                continue;
            }

            first = first == 0 ? bytes.Length : first;
            if (bytes.Length > destination.Length - count)
            {
                break;
            }

            bytes.CopyTo(destination[count..]);
            count += bytes.Length;
        }

        return new CoordinatorRead(ErrorCode.None, count, first, new Offset(log.End), new Offset(log.HighWatermark));
    }

    /// <summary>Puts a batch at the end as it is, with the offsets it has.</summary>
    public void Write(int partition, ReadOnlySpan<byte> batch)
    {
        Partition log = _partitions[partition];
        log.End = new RecordBatch(batch).NextOffset.Value;
        log.Batches.Add((log.End, batch.ToArray()));
    }

    public Offset LogEnd(int partition) => new(_partitions[partition].End);

    public void Commit(int partition) => _partitions[partition].HighWatermark = _partitions[partition].End;

    public void SetHighWatermark(int partition, Offset offset) => _partitions[partition].HighWatermark = offset.Value;

    /// <summary>The whole log, batch after batch, as a segment file would hold it.</summary>
    public byte[] Bytes(int partition) => [.. _partitions[partition].Batches.SelectMany(batch => batch.Bytes)];

    private sealed class Partition
    {
        public List<(long Next, byte[] Bytes)> Batches { get; } = [];

        public long End { get; set; }

        public long HighWatermark { get; set; }
    }
}
