using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// Keeps the newest <see cref="ClusterSnapshot"/>: asks when a topic is new, when somebody met an error that says the
/// cluster has moved, and after the maximum age. Any known broker may be asked; if none answers, the bootstrap servers
/// are (KIP-1102). Readers never wait: they take the current snapshot. From any thread.
/// </summary>
internal sealed class ClusterMetadata : IAsyncDisposable
{
    private readonly ClientOptions _options;
    private readonly BrokerConnections _connections;
    private readonly bool _mayCreateTopics;
    private readonly Backoff _backoff;
    private readonly Lock _gate = new();
    private readonly SortedSet<string> _topics = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _loop;
    private TaskCompletionSource _answered = NewSignal();
    private ClusterSnapshot _current = ClusterSnapshot.Empty;
    private KafkaException? _lastFailure;
    private bool _allTopics;

    public ClusterMetadata(ClientOptions options, BrokerConnections connections, bool mayCreateTopics)
    {
        _options = options;
        _connections = connections;
        _mayCreateTopics = mayCreateTopics;
        _backoff = new Backoff(options.RetryBackoff, options.RetryBackoffMax);
        _loop = Task.Run(RefreshLoopAsync);
    }

    public ClusterSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Runs after each new snapshot, on the refreshing task; must be short.</summary>
    public Action? Updated { get; set; }

    /// <summary>Asks the cluster soon. Many calls become one request.</summary>
    public void Request()
    {
        lock (_gate)
        {
            if (_wanted.CurrentCount == 0 && !_closing.IsCancellationRequested)
            {
                _wanted.Release();
            }
        }
    }

    /// <summary>
    /// Topics that are kept up to date from now on; instead of those before if <paramref name="only"/>.
    /// </summary>
    public void Track(IEnumerable<string> topics, bool only = false)
    {
        bool added = false;
        lock (_gate)
        {
            if (only)
            {
                _topics.Clear();
                _allTopics = false;
            }

            foreach (string topic in topics)
            {
                added |= _topics.Add(topic);
            }
        }

        if (added)
        {
            Request();
        }
    }

    /// <summary>All topics are kept up to date: for subscriptions by pattern.</summary>
    public void TrackAll()
    {
        lock (_gate)
        {
            _allTopics = true;
        }

        Request();
    }

    /// <summary>A topic with its partitions; waits until the cluster knows it.</summary>
    /// <exception cref="KafkaException">The topic may not be seen, cannot exist, or did not appear in time.</exception>
    public async ValueTask<TopicInfo> TopicAsync(string name, TimeSpan wait, CancellationToken cancellation)
    {
        if (TryTopic(name, out TopicInfo? known))
        {
            return known;
        }

        MonotonicTime deadline = _options.Time.Monotonic + wait;
        Track([name]);
        while (true)
        {
            Task answered = NextAnswer();
            if (TryTopic(name, out known))
            {
                return known;
            }

            Request();
            await WaitAsync(answered, deadline, $"topic {name}", cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for an answer that is asked for now.</summary>
    public async Task<ClusterSnapshot> RefreshAsync(TimeSpan wait, CancellationToken cancellation)
    {
        MonotonicTime deadline = _options.Time.Monotonic + wait;
        Task answered = NextAnswer();
        Request();
        await WaitAsync(answered, deadline, "the cluster", cancellation).ConfigureAwait(false);
        return Current;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _wanted.Dispose();
        _closing.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task NextAnswer()
    {
        lock (_gate)
        {
            return _answered.Task;
        }
    }

    private bool TryTopic(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TopicInfo? topic)
    {
        topic = Current.Topics.GetValueOrDefault(name);
        if (topic is null)
        {
            return false;
        }

        bool mayCome = topic.Error is ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable;
        if (topic.Error != ErrorCode.None && !mayCome)
        {
            Forget(name);
            throw new KafkaException(topic.Error, $"topic {name}: {topic.Error}");
        }

        return topic.Partitions.Count > 0;
    }

    // The next call asks again: the topic may have become visible meanwhile.
    private void Forget(string name)
    {
        lock (_gate)
        {
            _topics.Remove(name);
        }
    }

    private async Task WaitAsync(Task answered, MonotonicTime deadline, string what, CancellationToken cancellation)
    {
        TimeSpan left = deadline - _options.Time.Monotonic;
        try
        {
            await answered.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _options.Time, cancellation)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            string reason = _lastFailure is { } failure ? $": {failure.Message}" : "";
            throw new KafkaException(
                ErrorCode.RequestTimedOut, $"no metadata for {what} in time{reason}", inner: _lastFailure);
        }
    }

    private async Task RefreshLoopAsync()
    {
        int failures = 0;
        try
        {
            while (true)
            {
                await _wanted.WaitAsync(_options.MetadataAgeMax, _closing.Token).ConfigureAwait(false);
                failures = await RefreshOnceAsync().ConfigureAwait(false) ? 0 : failures + 1;
                // Even after success: a topic that is being created, or a leader that is being elected, is asked for
                // again and again, and must not be asked for in a tight loop.
                TimeSpan pause = _backoff.Wait(Math.Max(1, failures), _options.Entropy);
                await Task.Delay(pause, _options.Time, _closing.Token).ConfigureAwait(false);
                if (failures > 0)
                {
                    Request();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }

    private async Task<bool> RefreshOnceAsync()
    {
        foreach ((int broker, BrokerAddress address) in Candidates())
        {
            try
            {
                KafkaConnection connection = await _connections
                    .GetAsync(broker, ConnectionPurpose.Data, address, _closing.Token).ConfigureAwait(false);
                MetadataResponse response = await connection
                    .SendAsync<MetadataResponse>(NewRequest(), cancellation: _closing.Token).ConfigureAwait(false);
                if (response.Brokers.Count == 0)
                {
                    // A broker that is still starting knows nobody.
                    throw new KafkaException(ErrorCode.BrokerNotAvailable, $"{address} knows no brokers yet");
                }

                Publish(Current.Merge(response));
                return true;
            }
            catch (KafkaException error)
            {
                Volatile.Write(ref _lastFailure, error);
            }
        }

        return false;
    }

    private MetadataRequest NewRequest()
    {
        lock (_gate)
        {
            MetadataRequest request = new() { AllowAutoTopicCreation = _mayCreateTopics };
            if (_allTopics)
            {
                request.Topics = null;
                return request;
            }

            request.Topics = [];
            foreach (string topic in _topics)
            {
                request.Topics.Add(new MetadataRequest.MetadataRequestTopic { Name = topic });
            }

            return request;
        }
    }

    private List<(int Broker, BrokerAddress Address)> Candidates()
    {
        List<(int, BrokerAddress)> candidates = [];
        foreach (BrokerInfo broker in Current.Brokers.Values)
        {
            candidates.Add((broker.Id, broker.Address));
        }

        candidates.Sort(static (left, right) => left.Item1.CompareTo(right.Item1));
        int turn = candidates.Count == 0 ? 0 : (int)(_options.Entropy.NextUInt64() % (ulong)candidates.Count);
        candidates = [.. candidates[turn..], .. candidates[..turn]];
        for (int i = 0; i < _options.BootstrapServers.Count; i++)
        {
            // Bootstrap connections have negative ids: nobody knows yet which broker answers there.
            candidates.Add((-1 - i, _options.BootstrapServers[i]));
        }

        return candidates;
    }

    private void Publish(ClusterSnapshot next)
    {
        Volatile.Write(ref _current, next);
        Volatile.Write(ref _lastFailure, null);
        TaskCompletionSource answered;
        lock (_gate)
        {
            answered = _answered;
            _answered = NewSignal();
        }

        Updated?.Invoke();
        answered.SetResult();
    }
}
