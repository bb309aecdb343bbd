using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// What a partition knows of its idempotent producers (KIP-98): who may append next with which sequence number, and
/// which transactions are open. Deterministic function of the batches in the log, so that recovery can replay it.
/// Belongs to the log's writer.
/// </summary>
/// <remarks>
/// Per (producer, epoch) sequence numbers are contiguous and go from 2^31-1 to 0. A producer without state, because it
/// is new or because retention or expiry forgot it, may begin anywhere.
/// </remarks>
internal sealed class ProducerState
{
    // Most partitions of many never see an idempotent producer, and of those that do most no transaction.
    private Dictionary<long, ProducerStateEntry>? _entries;
    private OpenTransactions? _transactions;

    public int Count => _entries?.Count ?? 0;

    /// <summary>The offset behind the last batch this state has seen.</summary>
    public Offset MapEndOffset { get; set; }

    /// <summary>
    /// The first offset that read-committed consumers may not pass; null if no transaction holds them.
    /// </summary>
    public Offset? FirstUnstableOffset => _transactions?.FirstUnstableOffset;

    /// <summary>The open transaction that began first; null if none is open.</summary>
    public OpenTransaction? OldestTransaction => _transactions?.Oldest;

    public IReadOnlyCollection<ProducerStateEntry> Entries => _entries is null ? [] : _entries.Values;

    /// <summary>Checks a batch that a client wants appended. Changes nothing.</summary>
    public ProducerCheck CheckClientBatch(RecordBatch batch)
    {
        ProducerIdAndEpoch producer = batch.Producer;
        if (Find(producer.ProducerId) is not { } entry)
        {
            return batch.IsTransactional ? NotInTransaction(producer) : ProducerCheck.Accepted;
        }

        if (entry.TryFindDuplicate(producer.Epoch, batch.BaseSequence, batch.LastSequence, out BatchMetadata original))
        {
            return ProducerCheck.Duplicate(original);
        }

        if (producer.Epoch < entry.Epoch)
        {
            return StaleEpoch(producer, entry.Epoch);
        }

        bool continuesTransaction = entry.CurrentTransactionFirstOffset >= 0 && producer.Epoch == entry.Epoch;
        if (batch.IsTransactional != continuesTransaction)
        {
            return NotInTransaction(producer);
        }

        return CheckSequence(producer, batch.BaseSequence, entry);
    }

    /// <summary>Checks a batch that a coordinator of this node wants appended: its epoch, not its sequence.</summary>
    public ProducerCheck CheckCoordinatorBatch(RecordBatch batch) =>
        Find(batch.Producer.ProducerId) is { } entry
            && batch.Producer.Epoch < entry.Epoch
            ? StaleEpoch(batch.Producer, entry.Epoch)
            : ProducerCheck.Accepted;

    /// <summary>
    /// A batch could not be written. If it was the first of its producer, the one behind it, which may find room, must
    /// not pass for a beginning: the first would be refused for ever.
    /// </summary>
    public void OnRefused(RecordBatch batch)
    {
        ProducerIdAndEpoch producer = batch.Producer;
        if (batch.HasProducerId && batch.BaseSequence == 0 && Find(producer.ProducerId) is null)
        {
            GetOrAdd(producer.ProducerId).MoveToEpoch(producer.Epoch);
        }
    }

    /// <summary>A batch is in the log. Control batches must be whole, of others the header suffices.</summary>
    /// <returns>What the batch says was aborted, for the segment's index; null unless it does.</returns>
    public AbortedTransaction? Apply(RecordBatch batch)
    {
        MapEndOffset = batch.NextOffset;
        if (!batch.HasProducerId)
        {
            return null;
        }

        ProducerIdAndEpoch producer = batch.Producer;
        ProducerStateEntry entry = GetOrAdd(producer.ProducerId);
        if (batch.IsControl)
        {
            return TransactionMarker.TryRead(batch, out TransactionMarker marker)
                ? EndTransaction(entry, batch, marker)
                : null;
        }

        entry.AddBatch(
            producer.Epoch,
            new BatchMetadata(batch.LastSequence, batch.LastOffset.Value, batch.LastOffsetDelta, batch.MaxTimestamp));
        if (batch.IsTransactional && entry.CurrentTransactionFirstOffset < 0)
        {
            entry.BeginTransaction(batch.BaseOffset.Value);
            (_transactions ??= new()).Begin(batch.BaseOffset, entry.ProducerId);
        }

        return null;
    }

    /// <summary>Transactions whose marker lies below the high watermark no longer hold readers back.</summary>
    public void OnHighWatermark(Offset highWatermark) => _transactions?.Replicated(highWatermark);

    /// <summary>Takes an entry of a snapshot.</summary>
    public void Add(ProducerStateEntry entry)
    {
        (_entries ??= [])[entry.ProducerId] = entry;
        if (entry.CurrentTransactionFirstOffset >= 0)
        {
            (_transactions ??= new()).Begin(new Offset(entry.CurrentTransactionFirstOffset), entry.ProducerId);
        }
    }

    public void Clear()
    {
        _entries = null;
        _transactions = null;
        MapEndOffset = default;
    }

    /// <summary>
    /// Forgets producers that were silent for <c>producer.id.expiration.ms</c> (KIP-360), by the timestamps of their
    /// batches, unless a transaction of theirs is open. Returns how many went.
    /// </summary>
    public int RemoveExpired(long nowMs, long expirationMs)
    {
        List<long>? expired = null;
        foreach (ProducerStateEntry entry in Entries)
        {
            if (entry.CurrentTransactionFirstOffset < 0 && nowMs - entry.LastTimestamp >= expirationMs)
            {
                (expired ??= []).Add(entry.ProducerId);
            }
        }

        foreach (long id in expired ?? [])
        {
            _entries!.Remove(id);
        }

        return expired?.Count ?? 0;
    }

    private static ProducerCheck CheckSequence(ProducerIdAndEpoch producer, int firstSequence, ProducerStateEntry entry)
    {
        if (producer.Epoch != entry.Epoch)
        {
            return firstSequence == 0 || entry.Epoch == ProducerStateEntry.NoEpoch
                ? ProducerCheck.Accepted
                : ProducerCheck.Refused(
                    ErrorCode.OutOfOrderSequenceNumber,
                    $"Producer {producer.ProducerId} begins epoch {producer.Epoch} with sequence {firstSequence} "
                    + $"instead of 0 (last epoch {entry.Epoch})");
        }

        // int.MaxValue + 1 wraps to 0; NoSequence (-1) + 1 is 0, which is what a marker leaves behind.
        int expected = (entry.LastSequence + 1) & int.MaxValue;
        return firstSequence == expected
            ? ProducerCheck.Accepted
            : ProducerCheck.Refused(
                ErrorCode.OutOfOrderSequenceNumber,
                $"Producer {producer.ProducerId} sent sequence {firstSequence} where {expected} is due");
    }

    private static ProducerCheck StaleEpoch(ProducerIdAndEpoch producer, short current) =>
        ProducerCheck.Refused(
            ErrorCode.InvalidProducerEpoch,
            $"Producer {producer.ProducerId} has epoch {producer.Epoch}, but epoch {current} was seen");

    private static ProducerCheck NotInTransaction(ProducerIdAndEpoch producer) =>
        ProducerCheck.Refused(
            ErrorCode.InvalidTxnState,
            $"The batch of producer {producer.ProducerId} is not part of an ongoing transaction");

    private AbortedTransaction? EndTransaction(
        ProducerStateEntry entry, RecordBatch batch, in TransactionMarker marker)
    {
        long first = entry.CurrentTransactionFirstOffset;
        _transactions?.End(first, batch.LastOffset);
        entry.EndTransaction(batch.Producer.Epoch, marker.CoordinatorEpoch, marker.Timestamp);
        // A marker without records before it hides nothing.
        return marker.IsAbort && first >= 0
            ? new AbortedTransaction(
                entry.ProducerId,
                new Offset(first),
                batch.BaseOffset,
                _transactions?.Oldest?.FirstOffset ?? batch.NextOffset)
            : null;
    }

    private ProducerStateEntry GetOrAdd(long producerId)
    {
        if (Find(producerId) is not { } entry)
        {
            entry = new ProducerStateEntry(producerId);
            (_entries ??= []).Add(producerId, entry);
        }

        return entry;
    }

    private ProducerStateEntry? Find(long producerId) => _entries?.GetValueOrDefault(producerId);
}
