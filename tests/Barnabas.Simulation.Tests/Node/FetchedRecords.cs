using System.Buffers.Binary;
using Barnabas.Records;

namespace Barnabas.Simulation.Tests;

/// <summary>The values in what a fetch has brought; the last batch may be cut.</summary>
internal static class FetchedRecords
{
    public static IReadOnlyList<(long Offset, long Value)> Read(
        ReadOnlyMemory<byte>? bytes, Findings findings, string partition)
    {
        List<(long Offset, long Value)> found = [];
        RecordBatchIterator batches = new((bytes ?? default).Span);
        RecordScratch scratch = new();
        int epoch = -1;
        while (batches.MoveNext())
        {
            RecordBatch batch = batches.Current;
            findings.Require(batch.IsCrcValid(), $"{partition}: the batch at {batch.BaseOffset} is damaged");
            findings.Require(
                batch.PartitionLeaderEpoch.Value >= epoch,
                $"{partition}: epoch {batch.PartitionLeaderEpoch} behind epoch {epoch} (I-02)");
            epoch = batch.PartitionLeaderEpoch.Value;
            RecordReader reader = scratch.Read(batch, SimulatedBroker.Codecs, DecompressionLimit.Default);
            while (reader.MoveNext())
            {
                long value = BinaryPrimitives.ReadInt64BigEndian(reader.Current.Value.Span);
                found.Add((reader.Offset.Value, value));
            }

            findings.Require(reader.Fault == RecordFault.None, $"{partition}: {batch.BaseOffset} holds {reader.Fault}");
        }

        findings.Require(
            batches.End is BatchFrame.Whole or BatchFrame.Partial, $"{partition}: a fetch ends with {batches.End}");
        return found;
    }
}
