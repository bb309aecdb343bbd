using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Client;

/// <summary>
/// Sends records to a cluster: gathers them into batches per partition and delivers each once and in order (with
/// idempotence, the default), through retries, reconnects and changes of leader. From any thread.
/// </summary>
/// <remarks>
/// <para>What a failure says: <see cref="KafkaException.MayHaveBeenWritten"/> tells a record that is certainly not in
/// the log from one that may be. Records of one partition are acknowledged in the order they were handed over.</para>
/// <para>Memory: what waits is at most <see cref="ProducerOptions.BufferBytesMax"/>; beyond it, producing waits, which
/// is how a slow cluster slows its producers. Use one producer for many topics and keep it for as long as the process
/// lives.</para>
/// </remarks>
public sealed class KafkaProducer : IAsyncDisposable
{
    private readonly ProducerOptions _options;
    private readonly BrokerConnections _connections;
    private readonly ClusterMetadata _metadata;
    private readonly ProducerSender _sender;
    private readonly AppendLanes _lanes = new();

    /// <summary>Connects when the first record comes.</summary>
    /// <exception cref="ClientOptionException">Options contradict each other.</exception>
    public KafkaProducer(ProducerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Final();
        _options.Validate();
        _connections = new BrokerConnections(_options);
        _metadata = new ClusterMetadata(_options, _connections, mayCreateTopics: true);
        _sender = new ProducerSender(_options, _connections, _metadata);
    }

    /// <summary>
    /// Hands a record over; the task ends when the cluster has it, as <see cref="ProducerOptions.Acks"/> asks. To go
    /// fast, do not await each record before the next is produced.
    /// </summary>
    /// <param name="record">Its bytes are copied before the method returns or first waits for memory.</param>
    /// <param name="cancellation">
    /// Ends the wait for metadata or memory; then the record was not sent. Once it has been taken, it has no effect.
    /// </param>
    /// <exception cref="KafkaException">See the remarks of the class.</exception>
    public ValueTask<RecordMetadata> ProduceAsync(ProducerRecord record, CancellationToken cancellation = default)
    {
        Records.RecordHeader[] headers = HeadersOf(record, out int headerBytes);
        PendingRecord pending = Pending(record, headers, headerBytes, promise: true);
        return _lanes.IsFree(record.Topic)
            && _sender.TryAppend(record.Topic, record.Partition, pending, out Delivery? delivery)
            ? delivery!.Task
            : ProduceSlowlyAsync(record, headers, headerBytes, cancellation);
    }

    /// <summary>
    /// Hands a record over without a promise: the task ends when it is in the buffer. Failures go to
    /// <see cref="ProducerOptions.DeliveryFailed"/>.
    /// </summary>
    /// <param name="record">Its bytes are copied before the task ends.</param>
    /// <param name="cancellation">Ends the wait for metadata or memory; then the record was not sent.</param>
    public ValueTask EnqueueAsync(ProducerRecord record, CancellationToken cancellation = default)
    {
        Records.RecordHeader[] headers = HeadersOf(record, out int headerBytes);
        PendingRecord pending = Pending(record, headers, headerBytes, promise: false);
        return _lanes.IsFree(record.Topic) && _sender.TryAppend(record.Topic, record.Partition, pending, out _)
            ? ValueTask.CompletedTask
            : EnqueueSlowlyAsync(record, headers, headerBytes, cancellation);
    }

    /// <summary>
    /// Hands a record over without a promise and without waiting or allocating; false if it was not taken because the
    /// topic is not known yet or the buffer is full. Then <see cref="EnqueueAsync"/> waits for both.
    /// </summary>
    public bool TryEnqueue(string topic, OptionalBytes key, OptionalBytes value)
    {
        PendingRecord pending = new(_options.Time.UnixMilliseconds, key, value, [], 0, promise: false);
        return _lanes.IsFree(topic) && _sender.TryAppend(topic, null, pending, out _);
    }

    /// <summary>
    /// Sends what waits, without lingering, and ends when the fate of every record that was handed over before is
    /// known. It does not throw for records that failed; they tell it themselves.
    /// </summary>
    /// <param name="cancellation">Ends the waiting; the records are sent all the same.</param>
    public Task FlushAsync(CancellationToken cancellation = default) => _sender.FlushAsync(cancellation);

    /// <summary>The partitions of a topic, from the cluster if it is not known yet.</summary>
    /// <param name="topic">Created if the cluster creates topics on demand.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="KafkaException">The topic did not appear within <see
    /// cref="ProducerOptions.BlockMax"/>.</exception>
    public ValueTask<TopicInfo> TopicAsync(string topic, CancellationToken cancellation = default) =>
        _metadata.TopicAsync(topic, _options.BlockMax, cancellation);

    /// <summary>
    /// Delivers what waits, for as long as <see cref="ProducerOptions.DeliveryTimeout"/> allows, and closes.
    /// </summary>
    public ValueTask DisposeAsync() => new(CloseAsync());

    /// <summary>Delivers what waits and closes.</summary>
    /// <param name="cancellation">
    /// Ends the delivering: records that are not acknowledged by then fail, and the producer closes all the same. The
    /// default waits for as long as <see cref="ProducerOptions.DeliveryTimeout"/> allows.
    /// </param>
    public async Task CloseAsync(CancellationToken cancellation = default)
    {
        await _sender.CloseAsync(cancellation).ConfigureAwait(false);
        await _metadata.DisposeAsync().ConfigureAwait(false);
        await _connections.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<RecordMetadata> ProduceSlowlyAsync(
        ProducerRecord record, Records.RecordHeader[] headers, int headerBytes, CancellationToken cancellation)
    {
        Delivery? delivery =
            await AppendSlowlyAsync(record, headers, headerBytes, promise: true, cancellation).ConfigureAwait(false);
        return await delivery!.Task.ConfigureAwait(false);
    }

    private async ValueTask EnqueueSlowlyAsync(
        ProducerRecord record, Records.RecordHeader[] headers, int headerBytes, CancellationToken cancellation) =>
        await AppendSlowlyAsync(record, headers, headerBytes, promise: false, cancellation).ConfigureAwait(false);

    private async ValueTask<Delivery?> AppendSlowlyAsync(
        ProducerRecord record,
        Records.RecordHeader[] headers,
        int headerBytes,
        bool promise,
        CancellationToken cancellation)
    {
        MonotonicTime deadline = _options.Time.Monotonic + _options.BlockMax;
        TaskCompletionSource mine = _lanes.Enter(record.Topic, out Task previous);
        try
        {
            await _sender.WaitAsync(previous, deadline, cancellation).ConfigureAwait(false);
            return await AppendInTurnAsync(record, headers, headerBytes, promise, deadline, cancellation)
                .ConfigureAwait(false);
        }
        finally
        {
            _lanes.Leave(record.Topic, mine, previous);
        }
    }

    private async ValueTask<Delivery?> AppendInTurnAsync(
        ProducerRecord record,
        Records.RecordHeader[] headers,
        int headerBytes,
        bool promise,
        MonotonicTime deadline,
        CancellationToken cancellation)
    {
        while (true)
        {
            TopicInfo topic = await _metadata
                .TopicAsync(record.Topic, deadline - _options.Time.Monotonic, cancellation).ConfigureAwait(false);
            if (record.Partition is { } partition && (uint)partition >= (uint)topic.Partitions.Count)
            {
                throw new KafkaException(
                    ErrorCode.UnknownTopicOrPartition,
                    $"topic {topic.Name} has partitions 0 to {topic.Partitions.Count - 1}, and no {partition}");
            }

            Task memory = _sender.MemoryFreed();
            if (_sender.TryAppend(
                record.Topic,
                record.Partition,
                Pending(record, headers, headerBytes, promise),
                out Delivery? delivery,
                overtake: true))
            {
                _sender.MemoryGranted();
                return delivery;
            }

            await _sender.WaitForMemoryAsync(memory, deadline, cancellation).ConfigureAwait(false);
        }
    }

    private PendingRecord Pending(
        ProducerRecord record, ReadOnlySpan<Records.RecordHeader> headers, int headerBytes, bool promise)
    {
        ArgumentException.ThrowIfNullOrEmpty(record.Topic, nameof(record));
        if (record.TimestampMs is < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(record), record.TimestampMs, "A timestamp is at least 0.");
        }

        PendingRecord pending = new(
            record.TimestampMs ?? _options.Time.UnixMilliseconds,
            record.Key is { } key ? key.Span : OptionalBytes.Null,
            record.Value is { } value ? value.Span : OptionalBytes.Null,
            headers,
            headerBytes,
            promise);
        return pending;
    }

    private static Records.RecordHeader[] HeadersOf(ProducerRecord record, out int bytes)
    {
        bytes = 0;
        if (record.Headers is not { Count: > 0 } headers)
        {
            return [];
        }

        Records.RecordHeader[] encoded = new Records.RecordHeader[headers.Count];
        for (int i = 0; i < encoded.Length; i++)
        {
            encoded[i] = new Records.RecordHeader(headers[i].Key, headers[i].Value);
            // Two lengths of at most five bytes each.
            bytes += 10 + encoded[i].Key.Length + (encoded[i].Value?.Length ?? 0);
        }

        return encoded;
    }
}
