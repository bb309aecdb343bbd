using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>What the control batch that ends a transaction says. Pure.</summary>
internal readonly record struct TransactionMarker(bool IsAbort, int CoordinatorEpoch, long Timestamp)
{
    /// <summary>
    /// Reads the one record of a control batch, whose bytes must be whole. False if it is none that ends a transaction.
    /// </summary>
    public static bool TryRead(RecordBatch batch, out TransactionMarker marker)
    {
        marker = default;
        if (!batch.IsControl || batch.Compression != CompressionType.None)
        {
            return false;
        }

        var reader = new RecordReader(batch);
        if (!reader.MoveNext()
            || !ControlRecord.TryReadKey(reader.Current.Key.Span, out ControlRecordType type)
            || type is not (ControlRecordType.Abort or ControlRecordType.Commit)
            || !ControlRecord.TryReadEndTransaction(reader.Current.Value.Span, out int coordinatorEpoch))
        {
            return false;
        }

        marker = new TransactionMarker(type == ControlRecordType.Abort, coordinatorEpoch, reader.Timestamp);
        return true;
    }
}
