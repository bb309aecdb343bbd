using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// Brings producer state up to date with the batches behind its snapshot, and indexes of what was aborted with the
/// markers that they lack.
/// </summary>
internal static class ProducerReplay
{
    private const int BufferMax = 64 * 1024;

    /// <summary>Applies the batches in [<paramref name="from"/>, <paramref name="end"/>).</summary>
    public static void Run(Segment[] segments, ProducerState producers, Offset from, Offset end)
    {
        if (from >= end)
        {
            return;
        }

        byte[] large = [];
        for (int i = Math.Max(0, SegmentStore.Floor(segments, from)); i < segments.Length; i++)
        {
            Segment segment = segments[i];
            SharedDiskFile shared = segment.AcquireFile();
            try
            {
                int start = segment.Indexes.Offsets.Lookup(from - segment.BaseOffset);
                byte[] buffer = new byte[Math.Clamp(segment.Size - start, RecordBatch.HeaderSize, BufferMax)];
                var scanner = new BatchScanner(shared.File, buffer, start, segment.Size);
                while (scanner.MoveNext() && scanner.Current.BaseOffset < end)
                {
                    RecordBatch batch = scanner.Current;
                    if (batch.LastOffset >= from && batch.HasProducerId)
                    {
                        // What a marker says stands in its body.
                        AbortedTransaction? aborted =
                            producers.Apply(batch.IsControl ? scanner.ReadWhole(ref large) : batch);
                        if (aborted is { } transaction && !(segment.Aborted?.HasPassed(transaction) ?? false))
                        {
                            using IDiskFile index = segment.OpenAborted(more: 1);
                            segment.Aborted!.Append(index, transaction);
                        }
                    }
                }
            }
            finally
            {
                shared.Release();
            }

            if (i < segments.Length - 1)
            {
                segment.ReleaseFile();
            }
        }
    }
}
