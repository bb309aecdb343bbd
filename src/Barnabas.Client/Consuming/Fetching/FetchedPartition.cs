using System.Diagnostics.CodeAnalysis;
using System.Text;
using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Client;

/// <summary>
/// What one fetch brought for one partition. Batches are checked and decoded one at a time, as they are asked for, so
/// that decoded records never pile up. Not thread-safe.
/// </summary>
/// <remarks>
/// Records of a batch without compression are slices of the response. Those of a compressed batch are copied into one
/// array per batch, because the memory it is decompressed into is used again.
/// </remarks>
internal sealed class FetchedPartition
{
    private readonly ConsumerOptions _options;
    private readonly TopicPartition _partition;
    private readonly ReadOnlyMemory<byte> _records;
    private readonly RecordScratch _scratch;
    private readonly AbortedTransactions? _aborted;
    private int _position;

    public FetchedPartition(
        ConsumerOptions options,
        TopicPartition partition,
        ReadOnlyMemory<byte> records,
        IReadOnlyList<AbortedTransaction>? aborted,
        RecordScratch scratch,
        long fetchOffset)
    {
        _options = options;
        _partition = partition;
        _records = records;
        _scratch = scratch;
        _aborted =
            options.IsolationLevel == IsolationLevel.ReadCommitted ? new AbortedTransactions(aborted ?? []) : null;
        NextOffset = fetchOffset;
    }

    /// <summary>Behind the last batch that was decoded or skipped: where the next fetch begins.</summary>
    public long NextOffset { get; private set; }

    /// <summary>
    /// Appends the records of the next batch that has any for the application. False at the end; a batch that is cut
    /// off there is the broker's way to end a response.
    /// </summary>
    /// <exception cref="KafkaException">The batch is damaged, or too large when decompressed.</exception>
    public bool TryDecodeBatch(List<ConsumeResult> results)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _records.Span[_position..];
            BatchFrame frame = RecordBatch.Probe(rest, out int size);
            if (frame == BatchFrame.Partial)
            {
                return false;
            }

            if (frame != BatchFrame.Whole)
            {
                throw Damaged($"{frame}");
            }

            RecordBatch batch = new(rest[..size]);
            if (_options.CheckCrcs && !batch.IsCrcValid())
            {
                throw Damaged("its checksum does not fit");
            }

            int before = results.Count;
            ReadOnlyMemory<byte> source = _records.Slice(_position, size);
            _position += size;
            if (!batch.IsControl && !(_aborted?.Hides(batch) ?? false))
            {
                Decode(batch, source, results);
            }
            else
            {
                _aborted?.Passed(batch);
            }

            NextOffset = Math.Max(NextOffset, batch.NextOffset.Value);
            if (results.Count > before)
            {
                return true;
            }
        }
    }

    private void Decode(RecordBatch batch, ReadOnlyMemory<byte> source, List<ConsumeResult> results)
    {
        DecompressionLimit limit = new(_options.DecompressedBatchBytesMax, 0);
        RecordReader reader = _scratch.Read(batch, _options.Codecs, limit);
        Memory<byte> copies = default;
        bool copy = batch.Compression != CompressionType.None;
        if (copy)
        {
            long bytes = 0;
            foreach (Record record in reader)
            {
                bytes += record.Key.Span.Length + record.Value.Span.Length;
            }

            copies = new byte[bytes];
        }

        while (reader.MoveNext())
        {
            Record record = reader.Current;
            if (record.Offset.Value < NextOffset)
            {
                // The batch began before the position; its first records were read already.
                continue;
            }

            results.Add(new ConsumeResult
            {
                Partition = _partition,
                Offset = record.Offset,
                TimestampMs = record.Timestamp,
                IsLogAppendTime = batch.TimestampType == TimestampType.LogAppendTime,
                LeaderEpoch = batch.PartitionLeaderEpoch,
                Key = Keep(record.Key, source, ref copies, copy),
                Value = Keep(record.Value, source, ref copies, copy),
                Headers = HeadersOf(record),
            });
        }

        if (reader.Fault != RecordFault.None)
        {
            throw reader.Fault == RecordFault.LimitExceeded
                ? new KafkaException(
                    ErrorCode.RecordListTooLarge,
                    $"{_partition}: the batch at {batch.BaseOffset.Value} expands beyond {limit.Bytes} bytes")
                : reader.Fault == RecordFault.UnknownCodec
                    ? new KafkaException(
                        ErrorCode.UnsupportedCompressionType,
                        $"{_partition}: the batch at {batch.BaseOffset.Value} needs the codec {batch.Compression}")
                    : Damaged($"{reader.Fault}");
        }
    }

    private static ReadOnlyMemory<byte>? Keep(
        OptionalBytes bytes, ReadOnlyMemory<byte> source, ref Memory<byte> copies, bool copy)
    {
        if (bytes.IsNull)
        {
            return null;
        }

        int length = bytes.Span.Length;
        if (copy)
        {
            Memory<byte> kept = copies[..length];
            bytes.Span.CopyTo(kept.Span);
            copies = copies[length..];
            return kept;
        }

        // Empty spans overlap nothing.
        return source.Span.Overlaps(bytes.Span, out int at) ? source.Slice(at, length) : ReadOnlyMemory<byte>.Empty;
    }

    private static RecordHeader[] HeadersOf(Record record)
    {
        if (record.HeaderCount == 0)
        {
            return [];
        }

        RecordHeader[] headers = new RecordHeader[record.HeaderCount];
        int index = 0;
        foreach (RecordHeaderReader header in record.Headers)
        {
            // Not a conditional expression: there null would become an empty array.
            ReadOnlyMemory<byte>? value = null;
            if (!header.Value.IsNull)
            {
                value = header.Value.Span.ToArray();
            }

            headers[index++] = new RecordHeader(Encoding.UTF8.GetString(header.Key), value);
        }

        return headers;
    }

    [SuppressMessage("Performance", "CA1822", Justification = "Reads the partition.")]
    private KafkaException Damaged(string how) => new(
        ErrorCode.CorruptMessage,
            $"{_partition}: the batch behind offset {NextOffset - 1} is damaged: {how}", isFatal: true);
}
