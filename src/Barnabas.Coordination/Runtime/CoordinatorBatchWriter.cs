using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Coordination;

/// <summary>
/// Turns records into batches for the log. One user at a time; a batch is valid until the next is written.
/// </summary>
internal sealed class CoordinatorBatchWriter(CompressionCodecs codecs)
{
    private RecordBatchBuilder _builder = new(codecs, RecordBatch.HeaderSize);
    private int _builderLimit;
    private byte[] _scratch = [];

    /// <summary>
    /// Writes the records from <paramref name="next"/> on and moves it behind the last one written. Empty if they do
    /// not fit: all of them if they are atomic, else the first alone.
    /// </summary>
    public Memory<byte> Write(
        IReadOnlyList<CoordinatorRecord> records, ref int next, bool isAtomic, int limit, long timestamp)
    {
        if (limit != _builderLimit)
        {
            // The topic's max.message.bytes was changed.
            _builder = new RecordBatchBuilder(codecs, limit);
            _builderLimit = limit;
        }

        _builder.Reset(new RecordBatchTemplate());
        int first = next;
        while (next < records.Count && TryAppend(records[next], timestamp))
        {
            next++;
        }

        if (next == first || (isAtomic && next < records.Count))
        {
            next = first;
            return Memory<byte>.Empty;
        }

        return _builder.Build();
    }

    private bool TryAppend(CoordinatorRecord record, long timestamp)
    {
        try
        {
            int keySize = CoordinatorRecordCodec.MeasureKey(record.Key);
            int size = keySize + (record.Value is { } measured ? CoordinatorRecordCodec.MeasureValue(measured) : 0);
            if (size > _builderLimit)
            {
                return false;
            }

            if (size > _scratch.Length)
            {
                _scratch = new byte[Math.Max(size, 2 * _scratch.Length)];
            }

            KafkaWriter writer = new(_scratch.AsSpan(0, size));
            CoordinatorRecordCodec.WriteKey(ref writer, record.Key);
            if (record.Value is { } value)
            {
                CoordinatorRecordCodec.WriteValue(ref writer, value);
            }

            return _builder.TryAppend(
                timestamp,
                _scratch.AsSpan(0, keySize),
                record.IsTombstone ? OptionalBytes.Null : _scratch.AsSpan(keySize, size - keySize));
        }
        catch (ArgumentException)
        {
            // A string above 32,767 bytes: it cannot be written either.
            return false;
        }
    }
}
