using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>How batches get into the active segment. The writer's half of an append; allocates nothing.</summary>
internal static class LogWriter
{
    /// <summary>May this batch be appended, as far as its producer is concerned?</summary>
    public static ProducerCheck CheckProducer(RecordBatch batch, AppendOrigin origin, ProducerState producers)
    {
        if (!batch.HasProducerId)
        {
            return ProducerCheck.Accepted;
        }

        return origin == AppendOrigin.Client
            ? producers.CheckClientBatch(batch)
            : producers.CheckCoordinatorBatch(batch);
    }

    /// <summary>Must these bytes go to a new segment? May read the segment's index at first.</summary>
    public static bool IsRollDue(
        Segment active, int appendBytes, Offset last, long maxTimestamp, LogConfig config, long nowMs)
    {
        // Looked up here, where a failure still finds nothing written.
        active.LookUpMaxTimestamp();
        var input = new SegmentRollInput(
            active.Size,
            appendBytes,
            active.LookUpFirstTimestamp(),
            maxTimestamp,
            active.CreatedMs,
            nowMs,
            active.RollJitterMs,
            active.Indexes.Offsets.Count,
            active.Indexes.Times.Count,
            last - active.BaseOffset);
        return SegmentRoll.IsDue(input, config);
    }

    /// <summary>
    /// Writes the batches and brings indexes, epochs and producers up to date. Readers see nothing of it before the
    /// returned size is published. Throws what the disk throws, and then nothing has changed.
    /// </summary>
    public static int Write(Segment segment, ReadOnlySpan<byte> bytes, LogContents contents, LogConfig config)
    {
        int start = segment.Size;
        int aborts = CountAborts(bytes);
        using IDiskFile? aborted = aborts == 0 ? null : segment.OpenAborted(aborts);
        segment.Write(bytes, config.SegmentBytes, config.Preallocate);

        // The bytes are there. Nothing below can fail, so memory and file agree again at its end.
        var batches = new RecordBatchIterator(bytes);
        while (batches.MoveNext())
        {
            RecordBatch batch = batches.Current;
            if (batch.PartitionLeaderEpoch > contents.Epochs.Latest)
            {
                contents.Epochs.Assign(batch.PartitionLeaderEpoch, batch.BaseOffset);
            }

            segment.Observe(batch, start + batches.Position);
            if (contents.Producers.Apply(batch) is { } transaction)
            {
                segment.Aborted!.Append(aborted!, transaction);
            }
        }

        return start + bytes.Length;
    }

    /// <summary>Markers that may enter something into the index of what was aborted.</summary>
    private static int CountAborts(ReadOnlySpan<byte> bytes)
    {
        int aborts = 0;
        var batches = new RecordBatchIterator(bytes);
        while (batches.MoveNext())
        {
            bool isMarker = TransactionMarker.TryRead(batches.Current, out TransactionMarker marker);
            aborts += isMarker && marker.IsAbort ? 1 : 0;
        }

        return aborts;
    }
}
