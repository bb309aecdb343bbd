using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// Drives a <see cref="RecordAccumulator"/>: one loop that sends what is due, callers that append under the same lock,
/// and answers that come in on the connections' read loops.
/// </summary>
internal sealed class ProducerSender : IAsyncDisposable
{
    private readonly ProducerOptions _options;
    private readonly BrokerConnections _connections;
    private readonly ClusterMetadata _metadata;
    private readonly Lock _gate = new();
    private readonly RecordAccumulator _accumulator;
    private readonly TopicPartitioner _partitioner;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly List<(long Target, TaskCompletionSource Done)> _flushes = [];
    private readonly Task _loop;
    private TaskCompletionSource _memoryFreed = NewSignal();
    private int _memoryWaiters;
    private bool _closed;
    private KafkaException? _fatal;
    private MonotonicTime _producerIdNotBefore;
    private int _producerIdFailures;

    public ProducerSender(ProducerOptions options, BrokerConnections connections, ClusterMetadata metadata)
    {
        _options = options;
        _connections = connections;
        _metadata = metadata;
        _accumulator = new RecordAccumulator(options);
        _partitioner = new TopicPartitioner(options, _accumulator);
        metadata.Updated = Wake;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>
    /// Adds a record if its topic is known and there is memory. While others wait for memory only they get it:
    /// <paramref name="overtake"/>.
    /// </summary>
    public bool TryAppend(
        string topic, int? partition, in PendingRecord record, out Delivery? delivery, bool overtake = false)
    {
        delivery = null;
        if (record.BytesMax > Math.Min(_options.RequestBytesMax + 36L, _options.BufferBytesMax))
        {
            throw new KafkaException(
                ErrorCode.MessageTooLarge,
                $"a record of {record.BytesMax} bytes; max.request.size is {_options.RequestBytesMax}, "
                + $"buffer.memory is {_options.BufferBytesMax}");
        }

        if (!_metadata.Current.Topics.TryGetValue(topic, out TopicInfo? info) || info.PartitionArray.Length == 0)
        {
            return false;
        }

        bool wake;
        lock (_gate)
        {
            ThrowIfUnusable();
            if (_memoryWaiters > 0 && !overtake)
            {
                return false;
            }

            int chosen = partition ?? _partitioner.Choose(info, record);
            if ((uint)chosen >= (uint)info.PartitionArray.Length)
            {
                return false;
            }

            if (!_accumulator.TryAppend(
                new TopicPartition(info.Name, chosen), record, _options.Time.Monotonic, out delivery, out wake))
            {
                return false;
            }
        }

        if (wake)
        {
            Wake();
        }

        return true;
    }

    /// <summary>Ends when memory is given back after this call.</summary>
    public Task MemoryFreed()
    {
        lock (_gate)
        {
            return _memoryFreed.Task;
        }
    }

    /// <summary>A caller that waited has its memory; others may be served from what is left.</summary>
    public void MemoryGranted() => Wake();

    public async Task WaitForMemoryAsync(Task freed, MonotonicTime deadline, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _memoryWaiters++;
        }

        Wake();
        try
        {
            await WaitAsync(freed, deadline, cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _memoryWaiters--;
            }
        }
    }

    /// <summary>Waits for memory, or for the records before this one; both end when memory is given back.</summary>
    public async Task WaitAsync(Task turn, MonotonicTime deadline, CancellationToken cancellation)
    {
        try
        {
            TimeSpan left = deadline - _options.Time.Monotonic;
            await turn.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _options.Time, cancellation)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new KafkaException(
                ErrorCode.RequestTimedOut,
                $"no buffer memory within max.block.ms ({_options.BlockMax}); the record was not sent");
        }
    }

    public Task FlushAsync(CancellationToken cancellation)
    {
        TaskCompletionSource done = NewSignal();
        lock (_gate)
        {
            if (_accumulator.IsEmpty)
            {
                return Task.CompletedTask;
            }

            _flushes.Add((_accumulator.NextNumber, done));
        }

        Wake();
        return done.Task.WaitAsync(cancellation);
    }

    public ValueTask DisposeAsync() => new(CloseAsync(CancellationToken.None));

    /// <summary>Delivers what waits; when cancelled, fails what is left.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        bool first;
        lock (_gate)
        {
            first = !_closed;
            _closed = true;
        }

        if (first)
        {
            try
            {
                await FlushAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                lock (_gate)
                {
                    _fatal = new KafkaException(
                        ErrorCode.RequestTimedOut, "the producer was closed before it was delivered", isFatal: true);
                    _accumulator.GiveUp(_fatal);
                }

                TellOutcome();
            }

            await _closing.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(false);
            _closing.Dispose();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(KafkaProducer));
        if (_fatal is not null)
        {
            throw _fatal;
        }
    }

    private void Wake()
    {
        // Releasing twice is harmless but for the exception; the loop looks at everything whenever it wakes.
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else was faster.
            }
        }
    }

    private void ConnectionOpened(Task opening)
    {
        if (!opening.IsCompletedSuccessfully)
        {
            _metadata.Request();
        }

        Wake();
    }

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                MonotonicTime next = await StepAsync().ConfigureAwait(false);
                TimeSpan wait = next == MonotonicTime.Never
                    ? Timeout.InfiniteTimeSpan
                    : TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((next - _options.Time.Monotonic)
                        .TotalMilliseconds)));
                await _wake.WaitAsync(wait, _closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Closed, with nothing outstanding.
        }
        catch (Exception error)
        {
            Break(error);
        }
    }

    // A fault of this program: whoever waits must be told, and nobody may wait again.
    private void Break(Exception error)
    {
        lock (_gate)
        {
            _fatal = new KafkaException(
                ErrorCode.UnknownServerError, $"the producer is broken: {error.Message}", isFatal: true, error);
            _accumulator.GiveUp(_fatal);
        }

        TellOutcome();
    }

    private async ValueTask<MonotonicTime> StepAsync()
    {
        bool needsProducerId;
        lock (_gate)
        {
            needsProducerId = !_accumulator.IsEmpty
                && _accumulator.Sequences is { } sequences
                && (sequences.BumpIfWanted() || sequences.NeedsProducerId);
        }

        if (needsProducerId && _options.Time.Monotonic >= _producerIdNotBefore)
        {
            await AskProducerIdAsync().ConfigureAwait(false);
        }

        ClusterSnapshot cluster = _metadata.Current;
        ProducerLeaders leaders = new(cluster, _connections, ConnectionOpened);
        DrainResult drained;
        lock (_gate)
        {
            _accumulator.Hurry = _closed || _flushes.Count > 0 || _memoryWaiters > 0;
            drained = _accumulator.Drain(leaders, _options.Time.Monotonic);
        }

        foreach (ProduceCommand command in drained.Commands)
        {
            Send(command, cluster, leaders.Connection(command.BrokerId));
        }

        if (drained.LeaderMissing)
        {
            _metadata.Request();
        }

        TellOutcome();
        return needsProducerId && _producerIdNotBefore < drained.Next ? _producerIdNotBefore : drained.Next;
    }

    private void Send(ProduceCommand command, ClusterSnapshot cluster, KafkaConnection? connection)
    {
        (ProduceRequest request, short highest) = ProduceRequests.Encode(command, cluster, _options);
        try
        {
            if (connection is null)
            {
                throw new KafkaException(ErrorCode.NetworkException, "the connection was lost just before sending");
            }

            _ = _options.Acks == Acks.None
                ? ReceiveNothingAsync(command, connection.SendOneWayAsync<ProduceResponse>(request, highest))
                : ReceiveAsync(command, request, connection.SendAsync<ProduceResponse>(request, highest, inline: true));
        }
        catch (KafkaException error)
        {
            CompleteAll(command, new BatchResult(error.ErrorCode, Message: error.Message));
        }
    }

    private async Task ReceiveAsync(ProduceCommand command, ProduceRequest request, Task<ProduceResponse> answer)
    {
        try
        {
            ProduceResponse response = await answer.ConfigureAwait(false);
            BatchResult[] results = ProduceRequests.Decode(command, request, response);
            Complete(command, results);
        }
        catch (KafkaException error)
        {
            CompleteAll(command, new BatchResult(error.ErrorCode, Message: error.Message));
        }
        catch (Exception error)
        {
            Break(error);
        }
    }

    private async Task ReceiveNothingAsync(ProduceCommand command, Task written)
    {
        try
        {
            await written.ConfigureAwait(false);
            CompleteAll(command, new BatchResult(ErrorCode.None));
        }
        catch (KafkaException error)
        {
            CompleteAll(command, new BatchResult(error.ErrorCode, Message: error.Message));
        }
    }

    private void CompleteAll(ProduceCommand command, BatchResult result)
    {
        BatchResult[] results = new BatchResult[command.Batches.Count];
        Array.Fill(results, result);
        Complete(command, results);
    }

    private void Complete(ProduceCommand command, BatchResult[] results)
    {
        bool refresh = false;
        lock (_gate)
        {
            MonotonicTime now = _options.Time.Monotonic;
            _accumulator.RequestDone(command.BrokerId);
            for (int i = 0; i < results.Length; i++)
            {
                refresh |= _accumulator.Complete(command.Batches[i], results[i], now);
                if (ProduceErrors.IsFatal(results[i].Error))
                {
                    _fatal = ProduceErrors.Describe(command.Batches[i], results[i]);
                    _accumulator.GiveUp(_fatal);
                }
            }
        }

        if (refresh)
        {
            _metadata.Request();
        }

        TellOutcome();
        Wake();
    }

    // Failures to their listener, memory to those who wait, flushes that are over to their callers: all outside the
    // lock.
    private void TellOutcome()
    {
        List<DeliveryFailure>? failures = null;
        List<TaskCompletionSource>? done = null;
        lock (_gate)
        {
            while (_accumulator.Failures.TryDequeue(out DeliveryFailure failure))
            {
                (failures ??= []).Add(failure);
            }

            for (int i = _flushes.Count - 1; i >= 0; i--)
            {
                if (_accumulator.OldestOutstanding >= _flushes[i].Target)
                {
                    (done ??= []).Add(_flushes[i].Done);
                    _flushes.RemoveAt(i);
                }
            }

            if (_memoryWaiters > 0 && (_fatal is not null || _accumulator.HasMemory))
            {
                (done ??= []).Add(_memoryFreed);
                _memoryFreed = NewSignal();
            }
        }

        foreach (DeliveryFailure failure in failures ?? [])
        {
            _options.DeliveryFailed?.Invoke(failure);
        }

        foreach (TaskCompletionSource signal in done ?? [])
        {
            signal.SetResult();
        }
    }

    private async Task AskProducerIdAsync()
    {
        try
        {
            ClusterSnapshot cluster = _metadata.Current;
            if (cluster.Brokers.Count == 0)
            {
                return;
            }

            // Any broker can give one.
            int turn = (int)(_options.Entropy.NextUInt64() % (ulong)cluster.Brokers.Count);
            BrokerInfo broker = cluster.Brokers.Values.Skip(turn).First();
            KafkaConnection connection = await _connections
                .GetAsync(broker.Id, ConnectionPurpose.Data, broker.Address, _closing.Token).ConfigureAwait(false);
            InitProducerIdRequest request = new() { TransactionalId = null, TransactionTimeoutMs = int.MaxValue };
            InitProducerIdResponse response = await connection
                .SendAsync<InitProducerIdResponse>(request, cancellation: _closing.Token).ConfigureAwait(false);
            ErrorCode error = (ErrorCode)response.ErrorCode;
            if (error != ErrorCode.None)
            {
                throw new KafkaException(error, $"no producer id: {error}", isFatal: !error.IsRetriable());
            }

            lock (_gate)
            {
                _accumulator.Sequences!.Started(new ProducerIdAndEpoch(response.ProducerId, response.ProducerEpoch));
            }

            _producerIdFailures = 0;
        }
        catch (KafkaException error) when (!error.IsFatal)
        {
            _producerIdFailures++;
            Backoff backoff = new(_options.RetryBackoff, _options.RetryBackoffMax);
            _producerIdNotBefore = _options.Time.Monotonic + backoff.Wait(_producerIdFailures, _options.Entropy);
            _metadata.Request();
        }
        catch (KafkaException error)
        {
            lock (_gate)
            {
                _fatal = error;
                _accumulator.GiveUp(error);
            }
        }
    }
}
