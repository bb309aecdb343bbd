using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// What an idempotent producer knows about one partition. Invariants: batches in flight are sorted by sequence and do
/// not overlap; the last of them ends at <see cref="Next"/> - 1; all carry <see cref="Producer"/>.
/// </summary>
internal sealed class PartitionSequences(ProducerIdAndEpoch producer)
{
    public ProducerIdAndEpoch Producer { get; set; } = producer;

    /// <summary>The sequence that the next new batch starts with.</summary>
    public int Next { get; set; }

    /// <summary>The last sequence that a broker has acknowledged, -1 before the first.</summary>
    public int LastAcked { get; set; } = -1;

    /// <summary>The offset of that record, -1 if unknown: tells a truncated log from a lost producer state.</summary>
    public long LastAckedOffset { get; set; } = -1;

    /// <summary>
    /// Behind the last record of a batch that was given up after it had been sent: nobody knows whether it was written,
    /// so nothing may follow until the batches in flight are answered.
    /// </summary>
    public int? Unresolved { get; set; }

    /// <summary>Sent and not yet decided, by first sequence; a batch that waits for its retry is among them.</summary>
    public List<ProducerBatch> InFlight { get; } = [];

    /// <summary>Whether a batch is exactly what the broker expects next.</summary>
    public bool IsNext(int sequence) =>
        sequence == (LastAcked < 0 ? 0 : LastAcked == int.MaxValue ? 0 : LastAcked + 1);

    public void Add(ProducerBatch batch)
    {
        int at = InFlight.Count;
        while (at > 0 && SequenceOrder.IsBefore(batch.BaseSequence, InFlight[at - 1].BaseSequence))
        {
            at--;
        }

        InFlight.Insert(at, batch);
    }
}
