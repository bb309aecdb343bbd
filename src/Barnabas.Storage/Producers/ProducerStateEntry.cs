using System.Runtime.CompilerServices;

namespace Barnabas.Storage;

/// <summary>
/// One producer at one partition: its epoch and its last batches. Mutable; belongs to the log's writer.
/// </summary>
internal sealed class ProducerStateEntry(long producerId)
{
    /// <summary>
    /// KIP-98: a producer has at most 5 requests in flight, so a repeated batch is one of the last 5.
    /// </summary>
    public const int BatchesRetained = 5;

    public const short NoEpoch = -1;
    public const int NoSequence = -1;

    private Batches _batches;
    private int _oldest;
    private int _count;

    public long ProducerId { get; } = producerId;

    public short Epoch { get; private set; } = NoEpoch;

    /// <summary>Epoch of the transaction coordinator that wrote the last marker; -1 if there was none.</summary>
    public int CoordinatorEpoch { get; private set; } = -1;

    public long LastTimestamp { get; private set; } = -1;

    /// <summary>Where the open transaction begins; -1 if none is open.</summary>
    public long CurrentTransactionFirstOffset { get; private set; } = -1;

    public bool HasBatches => _count > 0;

    public int LastSequence => _count == 0 ? NoSequence : Last.LastSequence;

    public BatchMetadata Last => _batches[(_oldest + _count - 1) % BatchesRetained];

    public bool TryFindDuplicate(short epoch, int firstSequence, int lastSequence, out BatchMetadata found)
    {
        found = default;
        if (epoch != Epoch)
        {
            return false;
        }

        for (int i = 0; i < _count; i++)
        {
            BatchMetadata batch = _batches[(_oldest + i) % BatchesRetained];
            if (batch.FirstSequence == firstSequence && batch.LastSequence == lastSequence)
            {
                found = batch;
                return true;
            }
        }

        return false;
    }

    public void AddBatch(short epoch, BatchMetadata batch)
    {
        MoveToEpoch(epoch);
        if (_count == BatchesRetained)
        {
            _oldest = (_oldest + 1) % BatchesRetained;
            _count--;
        }

        _batches[(_oldest + _count) % BatchesRetained] = batch;
        _count++;
        LastTimestamp = batch.Timestamp;
    }

    /// <summary>A new epoch begins with sequence 0.</summary>
    public void MoveToEpoch(short epoch)
    {
        if (epoch != Epoch)
        {
            Epoch = epoch;
            _oldest = 0;
            _count = 0;
        }
    }

    public void BeginTransaction(long firstOffset) => CurrentTransactionFirstOffset = firstOffset;

    /// <summary>A commit or abort marker; it may carry a higher epoch than the data (KIP-890).</summary>
    public void EndTransaction(short epoch, int coordinatorEpoch, long timestamp)
    {
        MoveToEpoch(epoch);
        CoordinatorEpoch = coordinatorEpoch;
        LastTimestamp = timestamp;
        CurrentTransactionFirstOffset = -1;
    }

    /// <summary>Takes what a snapshot holds: the last batch only.</summary>
    public void Restore(
        short epoch, BatchMetadata? last, long timestamp, int coordinatorEpoch, long currentTransactionFirstOffset)
    {
        Epoch = epoch;
        if (last is { } batch)
        {
            AddBatch(epoch, batch);
        }

        LastTimestamp = timestamp;
        CoordinatorEpoch = coordinatorEpoch;
        CurrentTransactionFirstOffset = currentTransactionFirstOffset;
    }

    [InlineArray(BatchesRetained)]
    private struct Batches
    {
        private BatchMetadata _first;
    }
}
