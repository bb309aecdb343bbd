using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Client;

/// <summary>
/// Drives fetching for one consumer: keeps one request per broker under way as long as there is a partition to fetch,
/// and puts what comes into the partitions' states. Answers arrive on the connections' read loops.
/// </summary>
internal sealed class Fetcher(
    ConsumerOptions options, BrokerConnections connections, ClusterMetadata metadata, Lock gate, Action wake)
{
    private readonly HashSet<int> _busy = [];
    private readonly RecordScratch _scratch = new();
    private readonly Backoff _backoff = new(options.RetryBackoff, options.RetryBackoffMax);
    private List<PartitionState> _states = [];
    private int _first;
    private PartitionState? _current;

    /// <summary>What the application must be told by the next poll.</summary>
    public KafkaException? Failure { get; set; }

    /// <summary>The partitions from now on. Under the lock.</summary>
    public void SetStates(List<PartitionState> states)
    {
        _states = states;
        _current = null;
        _first = 0;
    }

    public void Send()
    {
        ClusterSnapshot cluster = metadata.Current;
        List<FetchPlan> plans;
        bool leaderMissing;
        lock (gate)
        {
            plans = FetchPlanner.Plan(_states, _first, cluster, _busy, options.Time.Monotonic, out leaderMissing);
            _first = _states.Count == 0 ? 0 : (_first + 1) % _states.Count;
        }

        if (leaderMissing)
        {
            metadata.Request();
        }

        foreach (FetchPlan plan in plans)
        {
            KafkaConnection? connection = connections.TryGet(
                plan.BrokerId, ConnectionPurpose.Data, cluster.Brokers[plan.BrokerId].Address, Opened);
            if (connection is not null)
            {
                Send(plan, cluster, connection);
            }
        }
    }

    /// <summary>Takes buffered records of one partition after the other. Throws what damaged records throw.</summary>
    public void Take(List<ConsumeResult> results, int max)
    {
        lock (gate)
        {
            // The partition that was begun is finished first: its records are in the cache, its fetch can go on.
            if (_current is { IsPaused: false } current && _states.Contains(current))
            {
                current.Take(results, max - results.Count);
            }

            foreach (PartitionState state in _states)
            {
                if (results.Count >= max)
                {
                    return;
                }

                if (state.HasBuffered && !state.IsPaused)
                {
                    _current = state;
                    state.Take(results, max - results.Count);
                }
            }
        }
    }

    private void Opened(Task opening)
    {
        if (!opening.IsCompletedSuccessfully)
        {
            metadata.Request();
        }

        wake();
    }

    private void Send(FetchPlan plan, ClusterSnapshot cluster, KafkaConnection connection)
    {
        (FetchRequest request, short highest) = FetchRequests.Encode(plan, cluster, options);
        lock (gate)
        {
            _busy.Add(plan.BrokerId);
            foreach ((PartitionState state, long _, int _) in plan.Partitions)
            {
                state.IsFetching = true;
            }
        }

        _ = ReceiveAsync(plan, request, connection, highest);
    }

    private async Task ReceiveAsync(FetchPlan plan, FetchRequest request, KafkaConnection connection, short highest)
    {
        KafkaException? failure = null;
        FetchResponse? response = null;
        try
        {
            response = await connection
                .SendAsync<FetchResponse>(
                    request, highest, options.RequestTimeout + options.FetchWaitMax, inline: true)
                .ConfigureAwait(false);
        }
        catch (KafkaException error)
        {
            failure = error;
        }

        bool refresh = failure is not null;
        lock (gate)
        {
            _busy.Remove(plan.BrokerId);
            Dictionary<TopicPartition, (PartitionState State, long Offset)> asked = [];
            foreach ((PartitionState state, long offset, int _) in plan.Partitions)
            {
                state.IsFetching = false;
                asked[state.Partition] = (state, offset);
                if (failure is not null)
                {
                    Postpone(state);
                }
            }

            if (response is not null)
            {
                refresh |= Accept(request, response, asked);
            }

            if (failure is { IsRetriable: false })
            {
                Failure = failure;
            }
        }

        if (refresh)
        {
            metadata.Request();
        }

        wake();
    }

    private bool Accept(
        FetchRequest request,
        FetchResponse response,
        Dictionary<TopicPartition, (PartitionState State, long Offset)> asked)
    {
        bool refresh = false;
        foreach (FetchResponse.FetchableTopicResponse topic in response.Responses)
        {
            string name = FetchRequests.NameOf(request, topic);
            foreach (FetchResponse.PartitionData data in topic.Partitions)
            {
                // A position that was moved meanwhile, or a partition that is no longer ours, wants none of this.
                if (asked.TryGetValue(new TopicPartition(name, data.PartitionIndex), out var known)
                    && known.State.Position == known.Offset
                    && _states.Contains(known.State))
                {
                    refresh |= Accept(known.State, known.Offset, data);
                }
            }
        }

        return refresh;
    }

    private bool Accept(PartitionState state, long offset, FetchResponse.PartitionData data)
    {
        ErrorCode error = (ErrorCode)data.ErrorCode;
        switch (error)
        {
            case ErrorCode.None:
                state.Failures = 0;
                state.HighWatermark = data.HighWatermark;
                if (data.Records is { Length: > 0 } records)
                {
                    state.Fetched =
                        new FetchedPartition(options, state.Partition, records, AbortedOf(data), _scratch, offset);
                }

                return false;

            case ErrorCode.OffsetOutOfRange:
                if (options.OffsetReset == OffsetReset.None)
                {
                    Failure = new KafkaException(error, $"{state.Partition}: offset {offset} is not in the log");
                    Postpone(state);
                }
                else
                {
                    state.Lose(options.OffsetReset);
                }

                return false;

            default:
                Postpone(state);
                if (!error.IsRetriable() || error == ErrorCode.CorruptMessage)
                {
                    Failure = new KafkaException(error, $"fetching {state.Partition}: {error}");
                }

                return true;
        }
    }

    private void Postpone(PartitionState state)
    {
        state.Failures++;
        state.NotBefore = options.Time.Monotonic + _backoff.Wait(state.Failures, options.Entropy);
    }

    private static List<AbortedTransaction> AbortedOf(FetchResponse.PartitionData data)
    {
        List<AbortedTransaction> aborted = [];
        foreach (FetchResponse.AbortedTransaction transaction in data.AbortedTransactions ?? [])
        {
            aborted.Add(new AbortedTransaction(transaction.ProducerId, transaction.FirstOffset));
        }

        return aborted;
    }
}
