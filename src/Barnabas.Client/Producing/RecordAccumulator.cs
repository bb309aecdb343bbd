using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Client;

/// <summary>
/// The producer's decisions: which batch a record joins, which batches are due, what an answer means for them. A pure
/// core, guarded by its driver's lock; time comes in as an argument.
/// </summary>
/// <remarks>
/// Invariants: at most one batch of a partition per request; at most <c>max.in.flight</c> requests per broker; reserved
/// bytes ≤ <c>buffer.memory</c> unless a single record is larger than half of it.
/// </remarks>
internal sealed class RecordAccumulator
{
    private readonly ProducerOptions _options;
    private readonly SequenceTracker? _sequences;
    private readonly RecordBatchTemplate _template;
    private readonly Backoff _backoff;
    private readonly Dictionary<TopicPartition, PartitionQueue> _byPartition = [];
    // In the order of first use: a fixed order of draining, whatever the hash of a topic's name.
    private readonly List<PartitionQueue> _queues = [];
    private readonly Dictionary<int, int> _inFlight = [];
    private readonly Stack<RecordBatchBuilder> _builders = new();
    // Batches that are not decided, by number; a split batch counts once for each part.
    private readonly SortedDictionary<long, int> _outstanding = [];
    private KafkaException? _givenUp;
    private long _nextNumber;
    private int _drainFrom;

    public RecordAccumulator(ProducerOptions options)
    {
        _options = options;
        _sequences = options.EnableIdempotence ? new SequenceTracker() : null;
        _backoff = new Backoff(options.RetryBackoff, options.RetryBackoffMax);
        _template = new RecordBatchTemplate
        {
            Compression = options.Compression,
            CompressionLevel = options.CompressionLevel,
        };
    }

    /// <summary>Null without idempotence.</summary>
    public SequenceTracker? Sequences => _sequences;

    public long ReservedBytes { get; private set; }

    /// <summary>A batch of the usual size could begin.</summary>
    public bool HasMemory => ReservedBytes == 0 || ReservedBytes + _options.BatchBytes <= _options.BufferBytesMax;

    /// <summary>Nothing waits and nothing is in flight.</summary>
    public bool IsEmpty => _outstanding.Count == 0;

    /// <summary>The number that the next batch gets.</summary>
    public long NextNumber => _nextNumber;

    /// <summary>All batches with lower numbers are decided; <see cref="NextNumber"/> if all are.</summary>
    public long OldestOutstanding
    {
        get
        {
            foreach ((long number, int _) in _outstanding)
            {
                return number;
            }

            return _nextNumber;
        }
    }

    /// <summary>Records that nobody awaits and that failed; the driver takes them out and tells.</summary>
    public Queue<DeliveryFailure> Failures { get; } = new();

    /// <summary>Set while somebody flushes, closes, or waits for memory: nothing lingers.</summary>
    public bool Hurry { get; set; }

    public int QueueLength(TopicPartition partition) =>
        _byPartition.TryGetValue(partition, out PartitionQueue? queue) ? queue.Count : 0;

    /// <summary>
    /// Adds a record. False, with nothing changed, if there is no memory for the batch that it would begin.
    /// <paramref name="wake"/>: there is something for the sender to look at.
    /// </summary>
    public bool TryAppend(
        TopicPartition partition,
        in PendingRecord record,
        MonotonicTime now,
        out Delivery? delivery,
        out bool wake)
    {
        PartitionQueue queue = QueueOf(partition);
        wake = false;
        if (queue.Open is { } open)
        {
            if (open.TryAppend(
                record.TimestampMs, record.Key, record.Value, record.Headers, record.Promise, out delivery))
            {
                wake = CloseIfFull(open);
                return true;
            }

            open.Close();
            wake = true;
        }

        delivery = null;
        long reservation = Math.Max(_options.BatchBytes, record.BytesMax);
        if (ReservedBytes > 0 && ReservedBytes + reservation > _options.BufferBytesMax)
        {
            return false;
        }

        ProducerBatch batch = new(
            partition, Builder(
                reservation), reservation, pooled: reservation == _options.BatchBytes, now, _nextNumber++);
        Invariant.That(batch.TryAppend(
            record.TimestampMs, record.Key, record.Value, record.Headers, record.Promise, out delivery));
        ReservedBytes += reservation;
        Count(batch, 1);
        queue.Add(batch);
        CloseIfFull(batch);
        wake = true;
        return true;
    }

    /// <summary>
    /// Takes out what is due. Every command must be answered by <see cref="Complete"/> for all its batches.
    /// </summary>
    public DrainResult Drain(IPartitionLeaders leaders, MonotonicTime now)
    {
        ExpireQueued(now);
        SortedDictionary<int, ProduceCommand> commands = [];
        MonotonicTime next = MonotonicTime.Never;
        bool leaderMissing = false;
        for (int i = 0; i < _queues.Count; i++)
        {
            PartitionQueue queue = _queues[(_drainFrom + i) % _queues.Count];
            if (queue.First is not { } batch)
            {
                continue;
            }

            next = Earlier(next, batch.Created + _options.DeliveryTimeout);
            MonotonicTime due = DueTime(queue, batch, now);
            if (due > now)
            {
                next = Earlier(next, due);
                continue;
            }

            int leader = leaders.LeaderOf(queue.TopicPartition);
            leaderMissing |= leader < 0;
            if (leader < 0 || !leaders.IsReady(leader) || !HasRoom(leader)
                || !(_sequences?.MaySend(batch) ?? true))
            {
                continue;
            }

            TryTake(queue, batch, leader, commands);
        }

        // The next round starts one partition later, so that a full request does not always leave out the same ones.
        _drainFrom = _queues.Count == 0 ? 0 : (_drainFrom + 1) % _queues.Count;
        foreach (int broker in commands.Keys)
        {
            _inFlight[broker] = _inFlight.GetValueOrDefault(broker) + 1;
        }

        return new DrainResult([.. commands.Values], next, leaderMissing);
    }

    /// <summary>A request has been answered or lost; its batches are completed one by one.</summary>
    public void RequestDone(int brokerId) => _inFlight[brokerId]--;

    /// <summary>Decides one batch of a request. True if the metadata should be asked again.</summary>
    public bool Complete(ProducerBatch batch, BatchResult result, MonotonicTime now)
    {
        // A duplicate was written by an attempt whose answer was lost; its offset is not known any more.
        if (result.Error is ErrorCode.None or ErrorCode.DuplicateSequenceNumber)
        {
            long lastOffset = result.BaseOffset < 0 ? -1 : result.BaseOffset + batch.RecordCount - 1;
            if (batch.HasSequence)
            {
                _sequences?.Acked(batch, lastOffset);
            }

            batch.Succeed(result.BaseOffset, result.LogAppendTimeMs);
            Release(batch);
            return false;
        }

        if (result.Error == ErrorCode.MessageTooLarge
            && batch.TrySplit(_options.Codecs, _template, out ProducerBatch first, out ProducerBatch second))
        {
            ReplaceBy(batch, first, second);
            return false;
        }

        batch.Refused(result.Error);
        bool late = now - batch.Created >= _options.DeliveryTimeout;
        bool retry = !late
            && _givenUp is null
            && batch.Failures < _options.RetriesMax
            && (batch.HasSequence && _sequences is not null
                ? _sequences.ShouldRetry(batch, result.Error, result.LogStartOffset)
                : result.Error.IsRetriable());
        if (retry)
        {
            batch.WillRetry(now + _backoff.Wait(batch.Failures + 1, _options.Entropy));
            QueueOf(batch.TopicPartition).PutBack(batch);
        }
        else
        {
            bool answered = result.Error is not (ErrorCode.NetworkException or ErrorCode.RequestTimedOut);
            _sequences?.Failed(batch, notWritten: answered && !result.Error.IsRetriable());
            Fail(batch, ProduceErrors.Describe(batch, result));
        }

        return ProduceErrors.InvalidatesMetadata(result.Error);
    }

    /// <summary>
    /// Gives up all that waits: the producer is closed or cannot go on. What is under way ends with its answer.
    /// </summary>
    public void GiveUp(KafkaException error)
    {
        _givenUp = error;
        foreach (PartitionQueue queue in _queues)
        {
            while (queue.Count > 0)
            {
                ProducerBatch batch = queue.TakeFirst();
                Fail(batch, ProduceErrors.GivenUp(batch, error));
            }
        }
    }

    // What is full need not wait for the record that finds it so.
    private bool CloseIfFull(ProducerBatch batch)
    {
        if (batch.Builder.Size < _options.BatchBytes)
        {
            return false;
        }

        batch.Close();
        return true;
    }

    private void TryTake(
        PartitionQueue queue, ProducerBatch batch, int leader, SortedDictionary<int, ProduceCommand> commands)
    {
        if (!commands.TryGetValue(leader, out ProduceCommand? command))
        {
            command = new ProduceCommand(leader);
        }

        batch.Close();
        if (command.Batches.Count > 0 && command.Bytes + batch.Bytes.Length > _options.RequestBytesMax)
        {
            return;
        }

        _sequences?.Stamp(batch);
        queue.TakeFirst().Sent();
        command.Batches.Add(batch);
        command.Bytes += batch.Bytes.Length;
        commands[leader] = command;
    }

    private bool HasRoom(int broker) => _inFlight.GetValueOrDefault(broker) < _options.InFlightMax;

    private MonotonicTime DueTime(PartitionQueue queue, ProducerBatch batch, MonotonicTime now)
    {
        if (batch.Failures > 0)
        {
            return batch.NotBefore;
        }

        bool full = batch.IsClosed || queue.Count > 1 || batch.Builder.Size >= _options.BatchBytes;
        return full || Hurry ? now : batch.Created + _options.Linger;
    }

    private void ExpireQueued(MonotonicTime now)
    {
        foreach (PartitionQueue queue in _queues)
        {
            while (queue.First is { } batch && now - batch.Created >= _options.DeliveryTimeout)
            {
                queue.TakeFirst();
                // Never sent: certainly not written, and it has no sequence that could leave a gap.
                _sequences?.Failed(batch, notWritten: false);
                Fail(batch, ProduceErrors.Expired(batch, _options.DeliveryTimeout));
            }
        }
    }

    private void ReplaceBy(ProducerBatch batch, ProducerBatch first, ProducerBatch second)
    {
        if (batch.HasSequence)
        {
            _sequences?.Replaced(batch, [first, second]);
        }

        PartitionQueue queue = QueueOf(batch.TopicPartition);
        // Back to front: without sequences each goes to the head of the queue.
        queue.PutBack(second);
        queue.PutBack(first);
        Count(batch, 1);
    }

    private void Fail(ProducerBatch batch, KafkaException error)
    {
        int unobserved = batch.Fail(error);
        if (unobserved > 0)
        {
            Failures.Enqueue(new DeliveryFailure(batch.TopicPartition, unobserved, error));
        }

        Release(batch);
    }

    private void Release(ProducerBatch batch)
    {
        ReservedBytes -= batch.ReservedBytes;
        Count(batch, -1);
        if (_outstanding.Count == 0)
        {
            // Halves of an odd reservation lose a byte; nothing outstanding means nothing reserved.
            ReservedBytes = 0;
        }

        if (batch.IsPooled && (long)_builders.Count * _options.BatchBytes < _options.BufferBytesMax)
        {
            _builders.Push(batch.Builder);
        }
    }

    private void Count(ProducerBatch batch, int change)
    {
        int count = _outstanding.GetValueOrDefault(batch.Number) + change;
        Invariant.That(count >= 0);
        if (count == 0)
        {
            _outstanding.Remove(batch.Number);
        }
        else
        {
            _outstanding[batch.Number] = count;
        }
    }

    private RecordBatchBuilder Builder(long bytes)
    {
        bool usual = bytes == _options.BatchBytes;
        if (!usual || !_builders.TryPop(out RecordBatchBuilder? builder))
        {
            builder = new RecordBatchBuilder(_options.Codecs, (int)bytes);
        }

        builder.Reset(_template);
        return builder;
    }

    private PartitionQueue QueueOf(TopicPartition partition)
    {
        if (!_byPartition.TryGetValue(partition, out PartitionQueue? queue))
        {
            queue = new PartitionQueue(partition);
            _byPartition.Add(partition, queue);
            _queues.Add(queue);
        }

        return queue;
    }

    private static MonotonicTime Earlier(MonotonicTime left, MonotonicTime right) => left <= right ? left : right;
}
