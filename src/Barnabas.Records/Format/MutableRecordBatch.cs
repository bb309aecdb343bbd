using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// Patches a batch of magic 2 where it lies. Base offset and leader epoch stand in front of what the checksum covers
/// and cost two stores; everything else redoes the checksum.
/// </summary>
public readonly ref struct MutableRecordBatch
{
    private readonly Span<byte> _bytes;

    /// <summary>Over the bytes of one whole batch of magic 2, as <see cref="RecordBatch.Probe"/> found it.</summary>
    public MutableRecordBatch(Span<byte> bytes)
    {
        var view = new RecordBatch(bytes);
        Invariant.That(!view.IsLegacy && bytes.Length >= view.Size);
        _bytes = bytes[..view.Size];
    }

    public RecordBatch View => new(_bytes);

    public void SetBaseOffset(Offset offset) => WriteInt64(RecordBatchLayout.BaseOffset, offset.Value);

    /// <summary>Moves the batch so that its last record gets this offset.</summary>
    public void SetLastOffset(Offset offset) => SetBaseOffset(offset + -View.LastOffsetDelta);

    public void SetPartitionLeaderEpoch(LeaderEpoch epoch) =>
        BinaryPrimitives.WriteInt32BigEndian(_bytes[RecordBatchLayout.PartitionLeaderEpoch..], epoch.Value);

    /// <summary>Sets the maximum timestamp and who set it. The checksum is redone only if something changes.</summary>
    public void SetMaxTimestamp(TimestampType type, long maxTimestamp)
    {
        RecordBatch view = View;
        if (view.TimestampType == type && view.MaxTimestamp == maxTimestamp)
        {
            return;
        }

        int cleared = view.Attributes & ~RecordBatchLayout.LogAppendTimeFlag;
        SetAttributes(type == TimestampType.LogAppendTime ? cleared | RecordBatchLayout.LogAppendTimeFlag : cleared);
        WriteInt64(RecordBatchLayout.MaxTimestamp, maxTimestamp);
        RenewCrc();
    }

    /// <summary>
    /// Notes when the tombstones of this batch may go (KIP-534). The base timestamp gives way, so the deltas of the
    /// records must have been written for the new one.
    /// </summary>
    public void SetDeleteHorizon(long deleteHorizonMs)
    {
        SetAttributes((ushort)View.Attributes | RecordBatchLayout.DeleteHorizonFlag);
        WriteInt64(RecordBatchLayout.BaseTimestamp, deleteHorizonMs);
        RenewCrc();
    }

    /// <summary>Gives the batch to a producer, from a sequence number on; a client does so when it sends.</summary>
    public void SetProducer(ProducerIdAndEpoch producer, int baseSequence, bool transactional)
    {
        int cleared = View.Attributes & ~RecordBatchLayout.TransactionalFlag;
        SetAttributes(transactional ? cleared | RecordBatchLayout.TransactionalFlag : cleared);
        WriteInt64(RecordBatchLayout.ProducerId, producer.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(_bytes[RecordBatchLayout.ProducerEpoch..], producer.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(_bytes[RecordBatchLayout.BaseSequence..], baseSequence);
        RenewCrc();
    }

    public void RenewCrc() =>
        BinaryPrimitives.WriteUInt32BigEndian(_bytes[RecordBatchLayout.Crc..], View.ComputeCrc());

    private void SetAttributes(int attributes) =>
        BinaryPrimitives.WriteInt16BigEndian(_bytes[RecordBatchLayout.Attributes..], (short)attributes);

    private void WriteInt64(int at, long value) => BinaryPrimitives.WriteInt64BigEndian(_bytes[at..], value);
}
