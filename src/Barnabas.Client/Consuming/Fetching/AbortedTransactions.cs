using Barnabas.Records;

namespace Barnabas.Client;

/// <summary>
/// Tells which batches of a read-committed fetch belong to aborted transactions. The broker names each with its first
/// offset; it ends at the producer's abort marker.
/// </summary>
internal sealed class AbortedTransactions
{
    private readonly Queue<AbortedTransaction> _ahead;
    private readonly HashSet<long> _open = [];

    public AbortedTransactions(IReadOnlyList<AbortedTransaction> aborted)
    {
        List<AbortedTransaction> sorted = [.. aborted];
        sorted.Sort(static (left, right) => left.FirstOffset.CompareTo(right.FirstOffset));
        _ahead = new Queue<AbortedTransaction>(sorted);
    }

    public bool Hides(RecordBatch batch)
    {
        while (_ahead.TryPeek(out AbortedTransaction next) && next.FirstOffset <= batch.LastOffset.Value)
        {
            _open.Add(next.ProducerId);
            _ahead.Dequeue();
        }

        return batch.IsTransactional && _open.Contains(batch.Producer.ProducerId);
    }

    /// <summary>
    /// A batch was passed over; if it is the end of its producer's transaction, what follows is another one.
    /// </summary>
    public void Passed(RecordBatch batch)
    {
        if (!batch.IsControl || batch.Compression != Kernel.CompressionType.None)
        {
            return;
        }

        foreach (Record record in new RecordReader(batch))
        {
            if (ControlRecord.TryReadKey(record.Key.Span, out ControlRecordType type)
                && type == ControlRecordType.Abort)
            {
                _open.Remove(batch.Producer.ProducerId);
            }
        }
    }
}
