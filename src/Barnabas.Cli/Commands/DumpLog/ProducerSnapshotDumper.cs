using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Cli;

/// <summary>Prints a snapshot of producer states.</summary>
internal static class ProducerSnapshotDumper
{
    // Version (2), then the checksum (4) of all that follows it.
    private const int ChecksumAt = 2;
    private const int CheckedFrom = 6;

    public static void Dump(string file, TextWriter output)
    {
        byte[] bytes = File.ReadAllBytes(file);
        if (bytes.Length < CheckedFrom
            || Crc32C.Compute(bytes.AsSpan(CheckedFrom))
                != BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(ChecksumAt)))
        {
            throw new CommandFailure($"Snapshot {file} is corrupt: its checksum does not fit");
        }

        short version = BinaryPrimitives.ReadInt16BigEndian(bytes);
        ProducerSnapshot snapshot = new();
        // The version stands in front of the message, not in it.
        KafkaReader reader = new(bytes.AsMemory(sizeof(short)));
        snapshot.Read(ref reader, version);
        if (reader.Failed)
        {
            throw new CommandFailure($"Snapshot {file} is corrupt: it has no version {version}, or ends too soon");
        }

        foreach (ProducerSnapshot.ProducerEntry entry in snapshot.ProducerEntries)
        {
            output.Write(
                $"producerId: {entry.ProducerId} producerEpoch: {entry.Epoch}"
                + $" coordinatorEpoch: {entry.CoordinatorEpoch}"
                + $" currentTxnFirstOffset: {Optional(entry.CurrentTxnFirstOffset)} lastTimestamp: {entry.Timestamp}");
            if (entry.LastOffset >= 0)
            {
                int firstSequence = entry.LastSequence - entry.OffsetDelta;
                output.Write(
                    $" firstSequence: {(firstSequence < 0 ? firstSequence + int.MaxValue + 1L : firstSequence)}"
                    + $" lastSequence: {entry.LastSequence} lastOffset: {entry.LastOffset}"
                    + $" offsetDelta: {entry.OffsetDelta} timestamp: {entry.Timestamp}");
            }

            output.WriteLine();
        }
    }

    private static string Optional(long value) => value < 0 ? "OptionalLong.empty" : $"OptionalLong[{value}]";
}
