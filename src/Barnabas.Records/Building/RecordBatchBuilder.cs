using System.Buffers.Binary;
using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>
/// Writes batches of magic 2, one after the other, into memory that it keeps. Not more than <c>maxSize</c> bytes before
/// compression. One user at a time; what <see cref="Build"/> returns is valid until the next <see cref="Reset"/>.
/// </summary>
/// <param name="codecs">For templates with compression.</param>
/// <param name="maxSize">The largest batch, header included. Memory grows by doubling as records come.</param>
public sealed class RecordBatchBuilder(CompressionCodecs codecs, int maxSize)
{
    private const int FirstSize = 1024;

    private readonly GrowableBuffer _plain = new(FirstSize);
    private readonly GrowableBuffer _compressed = new(FirstSize);
    private RecordBatchTemplate _template = new();
    private long _baseTimestamp;
    private long _maxTimestamp;
    private int _lastOffsetDelta;

    public int RecordCount { get; private set; }

    /// <summary>Bytes so far, before compression.</summary>
    public int Size => Math.Max(RecordBatch.HeaderSize, _plain.Length);

    /// <summary>The offset that the next record gets, if it is not told another.</summary>
    public Offset NextOffset => _template.BaseOffset + (_lastOffsetDelta + 1);

    /// <summary>Begins a new batch.</summary>
    public void Reset(in RecordBatchTemplate template)
    {
        Invariant.That(maxSize >= RecordBatch.HeaderSize);
        _template = template;
        _plain.Clear();
        _plain.GetSpan(RecordBatch.HeaderSize);
        _plain.Advance(RecordBatch.HeaderSize);
        _baseTimestamp = template.DeleteHorizonMs ?? RecordBatch.NoTimestamp;
        _maxTimestamp = RecordBatch.NoTimestamp;
        _lastOffsetDelta = -1;
        RecordCount = 0;
    }

    /// <summary>
    /// Appends at <see cref="NextOffset"/>; false, with nothing appended, if the batch would become too large.
    /// </summary>
    public bool TryAppend(
        long timestamp, OptionalBytes key, OptionalBytes value, ReadOnlySpan<RecordHeader> headers = default)
    {
        int headerSize = 0;
        foreach (ref readonly RecordHeader header in headers)
        {
            headerSize += header.Size;
        }

        int offsetDelta = _lastOffsetDelta + 1;
        if (!TryReserve(timestamp, offsetDelta, key, value, headers.Length, headerSize, out int position))
        {
            return false;
        }

        Span<byte> destination = _plain.Written;
        foreach (ref readonly RecordHeader header in headers)
        {
            position = WriteBytes(destination, position, header.Key.Span);
            position = WriteBytes(
                destination, position, header.Value is { } bytes ? new OptionalBytes(bytes.Span) : OptionalBytes.Null);
        }

        return true;
    }

    /// <summary>
    /// Appends a record as it was read, at an offset of its own behind the last (a compacted log has gaps); false, with
    /// nothing appended, if the batch would become too large or the offset is too far from the base.
    /// </summary>
    public bool TryAppend(Offset offset, in Record record)
    {
        long delta = offset - _template.BaseOffset;
        Invariant.That(delta > _lastOffsetDelta);
        ReadOnlySpan<byte> headers = record.HeaderBytes;
        if (delta > int.MaxValue
            || !TryReserve(
                record.Timestamp,
                (int)delta,
                record.Key,
                record.Value,
                record.HeaderCount,
                headers.Length,
                out int position))
        {
            return false;
        }

        headers.CopyTo(_plain.Written[position..]);
        return true;
    }

    /// <summary>Appends a marker; the template must say that this is a control batch.</summary>
    public bool TryAppendControl(ControlRecordType type, long timestamp, ReadOnlySpan<byte> value)
    {
        Invariant.That(_template.IsControl);
        Span<byte> key = stackalloc byte[ControlRecord.KeySize];
        ControlRecord.WriteKey(key, type);
        return TryAppend(timestamp, key, value);
    }

    /// <summary>
    /// Completes the batch: compression, header, checksum. A batch without records is what the cleaner leaves of a
    /// producer's last one; it keeps <paramref name="lastOffsetDelta"/>, as does a batch whose last records were
    /// removed.
    /// </summary>
    public Memory<byte> Build(int? lastOffsetDelta = null)
    {
        _lastOffsetDelta = Math.Max(_lastOffsetDelta, lastOffsetDelta ?? 0);
        GrowableBuffer result = _plain;
        if (_template.Compression != CompressionType.None && RecordCount > 0)
        {
            Compress();
            result = _compressed;
        }

        WriteHeader(result.Written);
        return result.WrittenMemory;
    }

    private bool TryReserve(
        long timestamp,
        int offsetDelta,
        OptionalBytes key,
        OptionalBytes value,
        int headerCount,
        int headerSize,
        out int headerPosition)
    {
        headerPosition = 0;
        long baseTimestamp = RecordCount == 0 && _template.DeleteHorizonMs is null ? timestamp : _baseTimestamp;
        long timestampDelta = timestamp - baseTimestamp;
        long body = 1L
            + Varint.SizeOfSigned(timestampDelta)
            + Varint.SizeOfSigned(offsetDelta)
            + Varint.SizeOfSigned(key.Length) + key.Span.Length
            + Varint.SizeOfSigned(value.Length) + value.Span.Length
            + Varint.SizeOfSigned(headerCount) + headerSize;
        if (body > maxSize || body + Varint.SizeOfSigned((int)body) > maxSize - _plain.Length)
        {
            return false;
        }

        int size = (int)body + Varint.SizeOfSigned((int)body);
        Span<byte> destination = _plain.GetSpan(size);
        int position = Varint.WriteSigned(destination, (int)body);
        destination[position++] = 0;
        position += Varint.WriteSigned(destination[position..], timestampDelta);
        position += Varint.WriteSigned(destination[position..], offsetDelta);
        position = WriteBytes(destination, position, key);
        position = WriteBytes(destination, position, value);
        position += Varint.WriteSigned(destination[position..], headerCount);
        headerPosition = _plain.Length + position;
        _plain.Advance(size);

        _baseTimestamp = baseTimestamp;
        _maxTimestamp = Math.Max(_maxTimestamp, timestamp);
        _lastOffsetDelta = offsetDelta;
        RecordCount++;
        return true;
    }

    private static int WriteBytes(Span<byte> destination, int position, OptionalBytes bytes)
    {
        position += Varint.WriteSigned(destination[position..], bytes.Length);
        bytes.Span.CopyTo(destination[position..]);
        return position + bytes.Span.Length;
    }

    private void Compress()
    {
        ICompressionCodec? codec = codecs.Find(_template.Compression);
        Invariant.That(codec is not null);
        _compressed.Clear();
        _compressed.GetSpan(RecordBatch.HeaderSize);
        _compressed.Advance(RecordBatch.HeaderSize);
        codec.Compress(_plain.Written[RecordBatch.HeaderSize..], _compressed, _template.CompressionLevel);
    }

    private void WriteHeader(Span<byte> batch)
    {
        short attributes = (short)(RecordCount > 0 ? _template.Compression : CompressionType.None);
        attributes |= _template.LogAppendTime is null ? (short)0 : RecordBatchLayout.LogAppendTimeFlag;
        attributes |= _template.IsTransactional ? RecordBatchLayout.TransactionalFlag : (short)0;
        attributes |= _template.IsControl ? RecordBatchLayout.ControlFlag : (short)0;
        attributes |= _template.DeleteHorizonMs is null ? (short)0 : RecordBatchLayout.DeleteHorizonFlag;

        batch[RecordBatchLayout.Magic] = RecordBatch.CurrentMagic;
        Write64(batch, RecordBatchLayout.BaseOffset, _template.BaseOffset.Value);
        Write32(batch, RecordBatchLayout.Length, batch.Length - RecordBatch.LogOverhead);
        Write32(batch, RecordBatchLayout.PartitionLeaderEpoch, _template.PartitionLeaderEpoch.Value);
        Write16(batch, RecordBatchLayout.Attributes, attributes);
        Write32(batch, RecordBatchLayout.LastOffsetDelta, _lastOffsetDelta);
        Write64(batch, RecordBatchLayout.BaseTimestamp, _baseTimestamp);
        Write64(batch, RecordBatchLayout.MaxTimestamp, _template.LogAppendTime ?? _maxTimestamp);
        Write64(batch, RecordBatchLayout.ProducerId, _template.Producer.ProducerId);
        Write16(batch, RecordBatchLayout.ProducerEpoch, _template.Producer.Epoch);
        Write32(batch, RecordBatchLayout.BaseSequence, _template.BaseSequence);
        Write32(batch, RecordBatchLayout.RecordCount, RecordCount);
        new MutableRecordBatch(batch).RenewCrc();
    }

    private static void Write16(Span<byte> batch, int at, short value) =>
        BinaryPrimitives.WriteInt16BigEndian(batch[at..], value);

    private static void Write32(Span<byte> batch, int at, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(batch[at..], value);

    private static void Write64(Span<byte> batch, int at, long value) =>
        BinaryPrimitives.WriteInt64BigEndian(batch[at..], value);
}
