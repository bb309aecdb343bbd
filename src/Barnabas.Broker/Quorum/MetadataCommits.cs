using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Broker;

/// <summary>
/// What stands in the log and is not yet committed, and the replay of what is. Only committed records become visible,
/// on whichever node.
/// </summary>
internal sealed class MetadataCommits(MetadataImage start)
{
    private readonly Queue<Entry> _entries = new();
    private long _nextOffset = start.Offset + 1;

    public MetadataReplay Replay { get; } = new(start);

    public bool IsInTransaction => Replay.TransactionStartOffset >= 0;

    /// <summary>A batch as it stands in the log; its records, or none if it is a control batch.</summary>
    public void Add(RecordBatch batch, List<(long Offset, MessageAndVersion Record)> records)
    {
        int epoch = batch.PartitionLeaderEpoch.Value;
        int next = 0;
        for (long offset = batch.BaseOffset.Value; offset <= batch.LastOffset.Value; offset++)
        {
            IRecordMessage? message = next < records.Count && records[next].Offset == offset
                ? records[next++].Record.Message
                : null;
            Add(new Entry(offset, epoch, batch.MaxTimestamp, message));
        }
    }

    /// <summary>Records that were just appended at the end.</summary>
    public void Add(IReadOnlyList<MessageAndVersion> records, int epoch, long timestampMs)
    {
        foreach (MessageAndVersion record in records)
        {
            Add(new Entry(_nextOffset, epoch, timestampMs, record.Message));
        }
    }

    /// <summary>Forgets uncommitted entries from an offset on.</summary>
    public void TruncateTo(long end)
    {
        Kernel.Invariant.That(end >= Replay.NextOffset);
        Entry[] kept = [.. _entries.Where(entry => entry.Offset < end)];
        _entries.Clear();
        foreach (Entry entry in kept)
        {
            _entries.Enqueue(entry);
        }

        _nextOffset = end;
    }

    /// <summary>Replays up to the high watermark; the difference to the last published image, or null if nothing is
    /// new.</summary>
    public MetadataDelta? Advance(long highWatermark)
    {
        long before = Replay.NextOffset;
        while (_entries.TryPeek(out Entry entry) && entry.Offset < highWatermark)
        {
            _entries.Dequeue();
            if (entry.Message is { } message)
            {
                Replay.Replay(message, entry.Offset, entry.Epoch, entry.TimestampMs);
            }
            else
            {
                Replay.Skip(entry.Offset, entry.Epoch, entry.TimestampMs);
            }
        }

        return Replay.NextOffset > before ? Replay.Publish() : null;
    }

    private void Add(Entry entry)
    {
        // The first batch behind a snapshot may begin below the snapshot's end.
        if (entry.Offset >= _nextOffset)
        {
            Kernel.Invariant.That(entry.Offset == _nextOffset);
            _entries.Enqueue(entry);
            _nextOffset++;
        }
    }

    /// <param name="Message">Null for a control record.</param>
    private readonly record struct Entry(long Offset, int Epoch, long TimestampMs, IRecordMessage? Message);
}
