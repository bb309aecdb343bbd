using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// The rules of the idempotent producer (KIP-98, KIP-360): which sequence a batch gets, when a partition must wait,
/// what an error means, and when the epoch is raised so that sequences can start again. A pure core; not thread-safe.
/// </summary>
/// <remarks>
/// Raising the epoch is safe without the broker's help because nobody else has this producer id: a batch that a broker
/// may or may not have written under the old epoch is never sent under the new one, except where the broker has just
/// said that it did not write it.
/// </remarks>
internal sealed class SequenceTracker
{
    private readonly Dictionary<TopicPartition, PartitionSequences> _partitions = [];
    private readonly HashSet<TopicPartition> _toRewrite = [];
    private bool _bumpWanted;

    /// <summary>
    /// What new batches are stamped with; <see cref="ProducerIdAndEpoch.None"/> until a broker gave one.
    /// </summary>
    public ProducerIdAndEpoch Producer { get; private set; } = ProducerIdAndEpoch.None;

    public bool NeedsProducerId => Producer.IsNone;

    public void Started(ProducerIdAndEpoch producer)
    {
        Invariant.That(!producer.IsNone);
        Producer = producer;
    }

    /// <summary>
    /// May this batch, the first in its partition's queue, be sent? A retry only as the first that is unanswered; a new
    /// batch not while the fate of an earlier one is unknown, nor while batches of an older epoch are in flight.
    /// </summary>
    public bool MaySend(ProducerBatch batch)
    {
        if (NeedsProducerId || _bumpWanted)
        {
            return false;
        }

        PartitionSequences partition = Of(batch.TopicPartition);
        if (batch.HasSequence)
        {
            // A repeated batch goes alone: behind another that is unanswered it would only be refused again.
            return partition.InFlight[0] == batch;
        }

        if (partition.InFlight.Count == 0)
        {
            return partition.Unresolved is null;
        }

        // A broker that has no state of this producer takes any sequence for the first. Were several under way and only
        // the first refused, a later one would be written before it: so the first goes alone.
        return partition.Unresolved is null && partition.Producer == Producer && partition.LastAcked >= 0;
    }

    /// <summary>Stamps a batch that is about to be sent for the first time.</summary>
    public void Stamp(ProducerBatch batch)
    {
        if (batch.HasSequence)
        {
            return;
        }

        PartitionSequences partition = Of(batch.TopicPartition);
        if (partition.Producer != Producer)
        {
            Invariant.That(partition.InFlight.Count == 0);
            partition.Producer = Producer;
            partition.Next = 0;
            partition.LastAcked = -1;
        }

        batch.Stamp(Producer, partition.Next);
        partition.Next = SequenceOrder.Add(partition.Next, batch.RecordCount);
        partition.Add(batch);
    }

    /// <summary>A batch was split into parts that together take its place and its sequences.</summary>
    public void Replaced(ProducerBatch batch, IReadOnlyList<ProducerBatch> parts)
    {
        PartitionSequences partition = Of(batch.TopicPartition);
        partition.InFlight.Remove(batch);
        int sequence = batch.BaseSequence;
        foreach (ProducerBatch part in parts)
        {
            part.Stamp(batch.Producer, sequence);
            sequence = SequenceOrder.Add(sequence, part.RecordCount);
            partition.Add(part);
        }
    }

    public void Acked(ProducerBatch batch, long lastOffset)
    {
        PartitionSequences partition = Of(batch.TopicPartition);
        partition.InFlight.Remove(batch);
        if (batch.Producer != partition.Producer)
        {
            return;
        }

        if (batch.AnswerIsOutdated)
        {
            // Written under the old epoch; under the new one its sequences are a gap.
            WantBump(batch.TopicPartition);
            return;
        }

        int last = batch.LastSequence;
        if (partition.LastAcked < 0 || SequenceOrder.IsBefore(partition.LastAcked, last))
        {
            partition.LastAcked = last;
        }

        partition.LastAckedOffset = Math.Max(partition.LastAckedOffset, lastOffset);
        Resolve(batch.TopicPartition, partition);
    }

    /// <summary>Whether a batch that met this error should be sent again. May ask for a new epoch.</summary>
    public bool ShouldRetry(ProducerBatch batch, ErrorCode error, long logStartOffset)
    {
        PartitionSequences partition = Of(batch.TopicPartition);
        bool aboutState = error is ErrorCode.UnknownProducerId or ErrorCode.OutOfOrderSequenceNumber;
        if (aboutState && batch.AnswerIsOutdated)
        {
            // Its newer self has not been tried yet.
            return true;
        }

        switch (error)
        {
            case ErrorCode.UnknownProducerId:
                // The broker's state of this producer went with the records it was built from. If our last record is
                // gone too, that explains it and nothing is lost; in any case a fresh epoch starts a fresh state.
                if (logStartOffset >= 0)
                {
                    WantBump(batch.TopicPartition);
                }

                return true;

            case ErrorCode.OutOfOrderSequenceNumber:
                // Behind an earlier batch that failed: wait for it. The first that is unanswered should have been next.
                if (partition.Unresolved is not null || partition.InFlight[0] == batch)
                {
                    WantBump(batch.TopicPartition);
                }

                return true;

            default:
                return error.IsRetriable();
        }
    }

    /// <summary>
    /// A batch is given up. <paramref name="notWritten"/>: the broker has refused it, so its sequences are a gap that
    /// only a new epoch closes. Otherwise it may have been written, and the partition waits until that is known.
    /// </summary>
    public void Failed(ProducerBatch batch, bool notWritten)
    {
        if (!batch.HasSequence)
        {
            return;
        }

        PartitionSequences partition = Of(batch.TopicPartition);
        partition.InFlight.Remove(batch);
        if (batch.Producer != partition.Producer)
        {
            return;
        }

        if (notWritten)
        {
            WantBump(batch.TopicPartition);
            return;
        }

        int behind = SequenceOrder.Add(batch.BaseSequence, batch.RecordCount);
        if (partition.Unresolved is not { } known || SequenceOrder.IsBefore(known, behind))
        {
            partition.Unresolved = behind;
        }

        Resolve(batch.TopicPartition, partition);
    }

    /// <summary>
    /// Raises the epoch if something asked for it. Returns true if a new producer id is needed first, because the epoch
    /// is at its end.
    /// </summary>
    public bool BumpIfWanted()
    {
        if (!_bumpWanted)
        {
            return false;
        }

        _bumpWanted = false;
        if (Producer.Epoch == short.MaxValue)
        {
            Producer = ProducerIdAndEpoch.None;
            return true;
        }

        Producer = Producer with { Epoch = (short)(Producer.Epoch + 1) };
        foreach (TopicPartition rewritten in _toRewrite)
        {
            Restart(Of(rewritten));
        }

        _toRewrite.Clear();
        return false;
    }

    // Everything in flight here gets the new epoch and sequences from 0, in the same order.
    private void Restart(PartitionSequences partition)
    {
        partition.Producer = Producer;
        partition.Next = 0;
        partition.LastAcked = -1;
        partition.Unresolved = null;
        foreach (ProducerBatch batch in partition.InFlight)
        {
            batch.Stamp(Producer, partition.Next);
            partition.Next = SequenceOrder.Add(partition.Next, batch.RecordCount);
        }
    }

    private void Resolve(TopicPartition name, PartitionSequences partition)
    {
        if (partition.Unresolved is not { } behind || partition.InFlight.Count > 0)
        {
            return;
        }

        if (partition.IsNext(behind))
        {
            partition.Unresolved = null;
        }
        else
        {
            WantBump(name);
        }
    }

    private void WantBump(TopicPartition partition)
    {
        _bumpWanted = true;
        _toRewrite.Add(partition);
    }

    private PartitionSequences Of(TopicPartition name)
    {
        if (!_partitions.TryGetValue(name, out PartitionSequences? partition))
        {
            _partitions.Add(name, partition = new PartitionSequences(Producer));
        }

        return partition;
    }
}
