using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Client;

/// <summary>
/// Records of one partition that travel together, and what became of them. Open while records are added, then closed
/// and sent, perhaps several times, until it is acknowledged or given up. Guarded by its producer's lock.
/// </summary>
internal sealed class ProducerBatch(
    TopicPartition topicPartition,
        RecordBatchBuilder builder, long reservedBytes, bool pooled, MonotonicTime created, long number)
{
    private readonly List<Delivery> _deliveries = [];
    private Memory<byte> _bytes;
    private ProducerIdAndEpoch _sentBy = ProducerIdAndEpoch.None;

    public TopicPartition TopicPartition { get; } = topicPartition;

    public RecordBatchBuilder Builder { get; } = builder;

    /// <summary>The builder is one of the usual size and goes back to the pool when the batch is done.</summary>
    public bool IsPooled { get; } = pooled;

    /// <summary>What the batch counts against <c>buffer.memory</c>.</summary>
    public long ReservedBytes { get; } = reservedBytes;

    public MonotonicTime Created { get; } = created;

    /// <summary>Counts the batches of a producer in the order they were begun; parts keep that of the whole.</summary>
    public long Number { get; } = number;

    public int RecordCount => Builder.RecordCount;

    /// <summary>Sends that failed so far.</summary>
    public int Failures { get; private set; }

    /// <summary>An attempt ended without saying whether the records were written.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>A retry waits until then.</summary>
    public MonotonicTime NotBefore { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>Waits in its partition's queue; false while a request carries it.</summary>
    public bool IsQueued { get; set; } = true;

    /// <summary>Decided: no later answer counts.</summary>
    public bool IsDone { get; private set; }

    public ProducerIdAndEpoch Producer { get; private set; } = ProducerIdAndEpoch.None;

    public int BaseSequence { get; private set; } = RecordBatch.NoSequence;

    public bool HasSequence => BaseSequence != RecordBatch.NoSequence;

    public int LastSequence => SequenceOrder.Add(BaseSequence, RecordCount - 1);

    /// <summary>The epoch was raised while a request carried the batch: the answer is about its older self.</summary>
    public bool AnswerIsOutdated => _sentBy != Producer;

    /// <summary>The encoded batch; only after <see cref="Close"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    public bool TryAppend(
        long timestampMs,
        OptionalBytes key,
        OptionalBytes value,
        ReadOnlySpan<Records.RecordHeader> headers,
        bool promise,
        out Delivery? delivery)
    {
        delivery = null;
        if (IsClosed || !Builder.TryAppend(timestampMs, key, value, headers))
        {
            return false;
        }

        if (promise)
        {
            delivery = new Delivery(Builder.RecordCount - 1, timestampMs);
            _deliveries.Add(delivery);
        }

        return true;
    }

    public void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            _bytes = Builder.Build();
        }
    }

    public void Stamp(ProducerIdAndEpoch producer, int baseSequence)
    {
        Close();
        Producer = producer;
        BaseSequence = baseSequence;
        new MutableRecordBatch(_bytes.Span).SetProducer(producer, baseSequence, transactional: false);
    }

    /// <summary>A request takes the batch as it is stamped now.</summary>
    public void Sent()
    {
        IsQueued = false;
        _sentBy = Producer;
    }

    /// <summary>What a failed attempt says about the records; once in doubt, no later refusal takes it back.</summary>
    public void Refused(ErrorCode error) => IsInDoubt |= ProduceErrors.LeavesInDoubt(error);

    public void WillRetry(MonotonicTime notBefore)
    {
        Failures++;
        NotBefore = notBefore;
    }

    /// <summary>Tells every caller. <paramref name="baseOffset"/> is -1 if the broker did not say.</summary>
    public void Succeed(long baseOffset, long logAppendTimeMs)
    {
        IsDone = true;
        foreach (Delivery delivery in _deliveries)
        {
            Offset offset = baseOffset < 0 ? Offset.None : new Offset(baseOffset + delivery.Index);
            long timestamp = logAppendTimeMs >= 0 ? logAppendTimeMs : delivery.TimestampMs;
            delivery.Succeed(new RecordMetadata(TopicPartition, offset, timestamp));
        }
    }

    /// <summary>Tells every caller; returns how many records nobody awaits.</summary>
    public int Fail(KafkaException error)
    {
        IsDone = true;
        foreach (Delivery delivery in _deliveries)
        {
            delivery.Fail(error);
        }

        return RecordCount - _deliveries.Count;
    }

    /// <summary>
    /// Divides a batch that a broker found too large into two of about equal size; false if it holds one record only.
    /// Its promises go with the records.
    /// </summary>
    public bool TrySplit(
        CompressionCodecs codecs, RecordBatchTemplate template, out ProducerBatch first, out ProducerBatch second)
    {
        first = this;
        second = this;
        if (RecordCount < 2)
        {
            return false;
        }

        Invariant.That(IsClosed);
        int half = RecordCount / 2;
        first = Part(template, codecs);
        second = Part(template, codecs);
        RecordScratch scratch = new();
        int index = 0;
        List<Records.RecordHeader> headers = [];
        // What this producer has just encoded needs no limit.
        foreach (Record record in scratch.Read(new RecordBatch(_bytes.Span), codecs, DecompressionLimit.Off))
        {
            ProducerBatch part = index < half ? first : second;
            Invariant.That(part.Builder.TryAppend(part.Builder.NextOffset, record));
            index++;
        }

        Invariant.That(index == RecordCount);
        foreach (Delivery delivery in _deliveries)
        {
            ProducerBatch part = delivery.Index < half ? first : second;
            delivery.Index -= delivery.Index < half ? 0 : half;
            part._deliveries.Add(delivery);
        }

        IsDone = true;
        first.Close();
        second.Close();
        return true;
    }

    // The parts share the reservation of the whole, so that splitting never needs memory that is not there.
    private ProducerBatch Part(RecordBatchTemplate template, CompressionCodecs codecs)
    {
        RecordBatchBuilder part = new(codecs, Array.MaxLength);
        part.Reset(template);
        return new ProducerBatch(TopicPartition, part, ReservedBytes / 2, pooled: false, Created, Number);
    }
}
