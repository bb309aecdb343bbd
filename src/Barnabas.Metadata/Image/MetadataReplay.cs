using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// Turns the metadata log into images, batch by batch. Records between a begin and an end of a metadata transaction
/// (KIP-868) come into effect together, at the end, or not at all.
/// </summary>
public sealed class MetadataReplay
{
    private readonly List<(IRecordMessage Record, long Offset)> _transaction = [];
    private MetadataDelta _delta;
    private long _lastOffset;
    private int _lastEpoch;
    private long _lastTimestampMs;

    public MetadataReplay(MetadataImage start)
    {
        Image = start;
        _delta = new MetadataDelta(start);
        (_lastOffset, _lastEpoch, _lastTimestampMs) = (start.Offset, start.Epoch, start.TimestampMs);
    }

    /// <summary>Goes on behind a begin record whose transaction holds nothing that will ever come into
    /// effect.</summary>
    internal MetadataReplay(MetadataImage start, long transactionStartOffset)
        : this(start)
    {
        TransactionStartOffset = transactionStartOffset;
    }

    /// <summary>The image of the last <see cref="Publish"/>.</summary>
    public MetadataImage Image { get; private set; }

    /// <summary>The offset of the begin record of the open transaction, or -1.</summary>
    public long TransactionStartOffset { get; private set; } = -1;

    /// <summary>The offset the next record must have.</summary>
    public long NextOffset => _lastOffset + 1;

    /// <summary>Replays one record of the log.</summary>
    public void Replay(IRecordMessage record, long offset, int epoch, long timestampMs)
    {
        Advance(offset, epoch, timestampMs);
        switch (record)
        {
            case BeginTransactionRecord:
                Fault.If(
                    TransactionStartOffset >= 0,
                    $"A transaction begins at {offset} within the one of {TransactionStartOffset}.");
                TransactionStartOffset = offset;
                break;
            case EndTransactionRecord:
                Fault.If(TransactionStartOffset < 0, $"A transaction ends at {offset} but none has begun.");
                TransactionStartOffset = -1;
                foreach ((IRecordMessage held, long heldOffset) in _transaction)
                {
                    _delta.Replay(held, heldOffset);
                }

                _transaction.Clear();
                break;
            case AbortTransactionRecord:
                Fault.If(TransactionStartOffset < 0, $"A transaction is aborted at {offset} but none has begun.");
                TransactionStartOffset = -1;
                _transaction.Clear();
                break;
            default:
                if (TransactionStartOffset >= 0)
                {
                    _transaction.Add((record, offset));
                }
                else
                {
                    _delta.Replay(record, offset);
                }

                break;
        }
    }

    /// <summary>Passes over a control record: it takes an offset and changes no metadata.</summary>
    public void Skip(long offset, int epoch, long timestampMs) => Advance(offset, epoch, timestampMs);

    /// <summary>
    /// Makes the next image and gives its difference to the previous one. Null while a transaction is open: an image
    /// that
    /// ends inside one could not be told from its offset.
    /// </summary>
    public MetadataDelta? Publish()
    {
        if (TransactionStartOffset >= 0)
        {
            return null;
        }

        MetadataDelta published = _delta;
        Image = published.Apply(_lastOffset, _lastEpoch, _lastTimestampMs);
        _delta = new MetadataDelta(Image);
        return published;
    }

    private void Advance(long offset, int epoch, long timestampMs)
    {
        // Metadata images are prefixes of the log: nothing is left out and nothing comes twice.
        Fault.If(offset != NextOffset, $"Replay expects offset {NextOffset} and got {offset}.");
        Fault.If(epoch < _lastEpoch, $"Replay went back from epoch {_lastEpoch} to {epoch} at offset {offset}.");
        (_lastOffset, _lastEpoch, _lastTimestampMs) = (offset, epoch, timestampMs);
    }
}
