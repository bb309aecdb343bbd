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
            byte[] key = CoordinatorRecordCodec.KeyToBytes(record.Key);
            byte[]? value = record.Value is { } message ? CoordinatorRecordCodec.ValueToBytes(message) : null;
            return _builder.TryAppend(timestamp, key, value);
        }
        catch (ArgumentException)
        {
            // A string above 32,767 bytes: it cannot be written either.
            return false;
        }
    }
}
