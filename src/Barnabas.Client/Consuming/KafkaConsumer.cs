using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Reads records, alone (<see cref="Assign"/>) or as a member of a group (<see
/// cref="Subscribe(IEnumerable{string})"/>), at least once each: what a poll returned is taken as finished when the
/// next poll begins.
/// </summary>
/// <remarks>
/// One caller at a time; a second one gets an <see cref="InvalidOperationException"/>. A member must poll at least
/// every
/// <see cref="ConsumerOptions.PollIntervalMax"/>; heartbeats run by themselves. Fetching goes on between polls, so that
/// the next records are usually there.
/// </remarks>
public sealed class KafkaConsumer : IAsyncDisposable
{
    // How often a waiting poll looks at clocks of its own: retries that come due, the next automatic commit.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly ConsumerOptions _options;
    private readonly BrokerConnections _connections;
    private readonly ClusterMetadata _metadata;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Fetcher _fetcher;
    private readonly ConsumerPartitions _partitions;
    private readonly PositionFinder _positions;
    private readonly OffsetQuery _offsetQuery;
    private readonly GroupOffsets? _groupOffsets;
    private readonly ConsumerGroup? _group;
    private IReadOnlyCollection<string>? _topics;
    private Regex? _pattern;
    private IRebalanceListener? _listener;
    private MonotonicTime _nextCommit;
    private Task _committing = Task.CompletedTask;
    private Dictionary<TopicPartition, CommittedOffset> _lastCommitted = [];
    // What the last poll returned and no later call has declared finished.
    private IReadOnlyList<ConsumeResult> _polled = [];
    private int _busy;
    private bool _disposed;

    /// <summary>Connects when it is told what to read.</summary>
    /// <exception cref="ClientOptionException">Options contradict each other.</exception>
    public KafkaConsumer(ConsumerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _connections = new BrokerConnections(options);
        _metadata = new ClusterMetadata(options, _connections, options.AllowAutoCreateTopics) { Updated = Wake };
        _fetcher = new Fetcher(options, _connections, _metadata, _gate, Wake);
        _partitions = new ConsumerPartitions(_gate, _fetcher);
        _offsetQuery = new OffsetQuery(options, _connections, _metadata);
        if (options.GroupId is { Length: > 0 } group)
        {
            CoordinatorFinder coordinator = new(options, _connections, _metadata, group);
            GroupMembership membership = new();
            _groupOffsets = new GroupOffsets(options, coordinator, membership, _gate);
            _group = new ConsumerGroup(
                options, coordinator, _metadata, _partitions, membership, _groupOffsets, _gate, Wake);
        }

        _positions = new PositionFinder(options, _partitions, _groupOffsets, _offsetQuery, Fail, Wake);
        _nextCommit = options.Time.Monotonic + options.AutoCommitInterval;
    }

    /// <summary>
    /// The options name a group, so that <see cref="Subscribe(IEnumerable{string})"/> and commits are possible.
    /// </summary>
    public bool HasGroup => _group is not null;

    /// <summary>The partitions this consumer has now.</summary>
    public IReadOnlyCollection<TopicPartition> Assignment => _partitions.All();

    /// <summary>Reads exactly these partitions, without the group's help; replaces what was assigned before.</summary>
    public void Assign(IEnumerable<TopicPartition> partitions)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        List<TopicPartition> wanted = [.. partitions];
        _topics = null;
        _pattern = null;
        _metadata.Track(wanted.Select(partition => partition.Topic), only: true);
        _partitions.Set(wanted);
    }

    /// <summary>
    /// Reads these topics together with the other members of the group; takes effect within the next polls.
    /// </summary>
    /// <exception cref="InvalidOperationException">The options name no group.</exception>
    public void Subscribe(IEnumerable<string> topics) => Subscribe(topics, listener: null);

    /// <inheritdoc cref="Subscribe(IEnumerable{string})"/>
    public void Subscribe(IEnumerable<string> topics, IRebalanceListener? listener)
    {
        RequireGroup();
        SortedSet<string> wanted = new(topics, StringComparer.Ordinal);
        _pattern = null;
        _topics = wanted;
        _listener = listener;
        _metadata.Track(wanted, only: true);
        _group!.SubscriptionChanged();
    }

    /// <summary>
    /// Reads all topics whose whole name matches, also those that appear later; never Kafka's internal ones.
    /// </summary>
    /// <exception cref="InvalidOperationException">The options name no group.</exception>
    public void Subscribe(Regex pattern, IRebalanceListener? listener = null)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        RequireGroup();
        // The whole name, whichever alternative of the pattern comes first.
        _pattern = new Regex($@"\A(?:{pattern})\z", pattern.Options, pattern.MatchTimeout);
        _topics = [];
        _listener = listener;
        _metadata.TrackAll();
        _group!.SubscriptionChanged();
    }

    /// <summary>
    /// The next records, at most <see cref="ConsumerOptions.PollRecordsMax"/>; empty if none came in time. Everything
    /// that earlier polls returned counts as finished from now on and may be committed.
    /// </summary>
    /// <param name="wait">How long to wait for the first record; zero only looks at what is there.</param>
    /// <param name="cancellation">Ends the waiting. No record is lost: what was fetched is for the next poll.</param>
    /// <exception cref="KafkaException">
    /// A position without a reset policy, a damaged or too large batch, a refused topic or group. Fatal only if it says
    /// so; otherwise polling may go on, for example behind a <see cref="Seek"/>.
    /// </exception>
    public async ValueTask<IReadOnlyList<ConsumeResult>> PollAsync(TimeSpan wait, CancellationToken cancellation =
        default)
    {
        Enter();
        _polled = [];
        try
        {
            MonotonicTime deadline = _options.Time.Monotonic + wait;
            List<ConsumeResult> results = [];
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                await StepAsync(cancellation).ConfigureAwait(false);
                _fetcher.Take(results, _options.PollRecordsMax);
                if (results.Count > 0)
                {
                    // The next round travels while the application works on this one.
                    _fetcher.Send();
                    _polled = results;
                    return results;
                }

                TimeSpan left = deadline - _options.Time.Monotonic;
                if (left <= TimeSpan.Zero)
                {
                    return results;
                }

                await _wake.WaitAsync(left < LookAgain ? left : LookAgain, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>
    /// All records as they come, without end. A record counts as finished when the next one is asked for: where the
    /// loop is left, by a break or by an exception, the next reading begins with the record it was left at.
    /// </summary>
    /// <param name="cancellation">Ends the sequence with an <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<ConsumeResult> ConsumeAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            IReadOnlyList<ConsumeResult> results =
                await PollAsync(TimeSpan.FromSeconds(1), cancellation).ConfigureAwait(false);
            int given = 0;
            try
            {
                foreach (ConsumeResult result in results)
                {
                    yield return result;
                    given++;
                }
            }
            finally
            {
                Unread(results, given);
            }
        }
    }

    /// <summary>
    /// Gives back what a poll returned and the application did not look at: these records, from <paramref name="from"/>
    /// on, come again with the next poll, unless their partition has gone elsewhere. Those before are finished.
    /// </summary>
    public void Unread(IReadOnlyList<ConsumeResult> results, int from)
    {
        ArgumentNullException.ThrowIfNull(results);
        _polled = [];
        HashSet<TopicPartition> assigned = [.. _partitions.All()];
        for (int i = from; i < results.Count; i++)
        {
            // The first of each partition is where its reading goes on.
            if (assigned.Remove(results[i].Partition))
            {
                Seek(results[i].Partition, results[i].Offset);
            }
        }
    }

    /// <summary>Reads this partition from here on; nothing of what was fetched before is returned.</summary>
    public void Seek(TopicPartition partition, Offset offset) => _partitions.With(partition, state =>
    {
        state.MoveTo(offset.Value);
        return true;
    });

    /// <summary>Reads this partition from its first record on; found out by the next poll.</summary>
    public void SeekToBeginning(TopicPartition partition) => Lose(partition, OffsetReset.Earliest);

    /// <summary>Reads this partition from its end on; found out by the next poll.</summary>
    public void SeekToEnd(TopicPartition partition) => Lose(partition, OffsetReset.Latest);

    /// <summary>Returns no more records of this partition until <see cref="Resume"/>; it stays assigned.</summary>
    public void Pause(TopicPartition partition) => _partitions.With(partition, state => state.IsPaused = true);

    /// <summary>Ends a <see cref="Pause"/>.</summary>
    public void Resume(TopicPartition partition) => _partitions.With(partition, state => state.IsPaused = false);

    /// <summary>The offset of the next record that a poll will return; null until it is known.</summary>
    public Offset? Position(TopicPartition partition) => _partitions.With<Offset?>(
        partition, state => state.Position is { } position ? new Offset(position) : null);

    /// <summary>Commits the current positions: all records of earlier polls are finished.</summary>
    /// <inheritdoc cref="CommitAsync(IReadOnlyDictionary{TopicPartition, CommittedOffset}, CancellationToken)"/>
    public Task CommitAsync(CancellationToken cancellation = default)
    {
        _polled = [];
        return CommitAsync(_partitions.Positions(), cancellation);
    }

    /// <summary>Commits these offsets: each the next record that is wanted.</summary>
    /// <param name="offsets">Partitions without an entry keep what they have.</param>
    /// <param name="cancellation">Ends the waiting; the commit may have happened.</param>
    /// <exception cref="KafkaException">
    /// The group has moved on (<see cref="ErrorCode.IllegalGeneration"/>, <see cref="ErrorCode.UnknownMemberId"/>,
    /// <see cref="ErrorCode.RebalanceInProgress"/>): poll, and the records will come again, here or elsewhere.
    /// </exception>
    /// <exception cref="InvalidOperationException">The options name no group.</exception>
    public Task CommitAsync(
        IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        RequireGroup();
        return _groupOffsets!.CommitAsync(offsets, cancellation);
    }

    /// <summary>What the group has committed; partitions without a commit are left out.</summary>
    /// <exception cref="InvalidOperationException">The options name no group.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, CommittedOffset>> CommittedAsync(
        IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default)
    {
        RequireGroup();
        return await _groupOffsets!.FetchAsync(partitions, cancellation).ConfigureAwait(false);
    }

    /// <summary>The partitions of a topic, from the cluster if it is not known yet.</summary>
    public ValueTask<TopicInfo> TopicAsync(string topic, CancellationToken cancellation = default) =>
        _metadata.TopicAsync(topic, _options.CallTimeout, cancellation);

    /// <summary>
    /// Leaves the group and closes; with automatic commit, commits what is finished first. What the last poll returned
    /// is not: an exception may have ended its handling. <see cref="CloseAsync"/> takes it as finished.
    /// </summary>
    /// <exception cref="InvalidOperationException">A poll is still running.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _disposed))
        {
            return;
        }

        Enter();
        Unread(_polled, from: 0);
        await EndAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>
    /// All that polls returned is finished: commits it (with automatic commit), leaves the group, and closes.
    /// </summary>
    /// <param name="cancellation">
    /// Ends the waiting for the cluster; the consumer closes all the same, and what was not committed comes again. The
    /// default waits for <see cref="ClientOptions.RequestTimeout"/> at most.
    /// </param>
    /// <exception cref="InvalidOperationException">A poll is still running.</exception>
    public async Task CloseAsync(CancellationToken cancellation = default)
    {
        if (Volatile.Read(ref _disposed))
        {
            return;
        }

        Enter();
        await EndAsync(cancellation).ConfigureAwait(false);
    }

    private async Task EndAsync(CancellationToken cancellation)
    {
        // From here on nobody enters, for it stays busy.
        Volatile.Write(ref _disposed, true);
        if (_options.EnableAutoCommit && _groupOffsets is not null)
        {
            using CancellationTokenSource timer = new(_options.RequestTimeout, _options.Time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
            try
            {
                await _committing.WaitAsync(limit.Token).ConfigureAwait(false);
                await CommitNewAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is KafkaException or OperationCanceledException)
            {
                // What was not committed is consumed again: at least once is the promise.
            }
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        if (_group is not null)
        {
            await _group.DisposeAsync().ConfigureAwait(false);
        }

        await _metadata.DisposeAsync().ConfigureAwait(false);
        await _connections.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("A consumer is for one caller at a time.");
        }
    }

    private void RequireGroup()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_group is null)
        {
            throw new InvalidOperationException("This needs a group: set group.id.");
        }
    }

    private void Wake()
    {
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

    private void Fail(KafkaException error)
    {
        lock (_gate)
        {
            _fetcher.Failure = error;
        }
    }

    private async ValueTask StepAsync(CancellationToken cancellation)
    {
        if (_topics is not null)
        {
            if (_pattern is not null)
            {
                _topics = Matching(_pattern);
            }

            await _group!.StepAsync(_topics, _listener, cancellation).ConfigureAwait(false);
        }

        CommitIfDue();
        await _positions.StartAsync(_closing.Token).ConfigureAwait(false);
        _fetcher.Send();
        KafkaException? failure;
        lock (_gate)
        {
            failure = _fetcher.Failure;
            _fetcher.Failure = null;
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private SortedSet<string> Matching(Regex pattern)
    {
        SortedSet<string> matching = new(StringComparer.Ordinal);
        foreach (TopicInfo topic in _metadata.Current.Topics.Values)
        {
            if (!topic.IsInternal && pattern.IsMatch(topic.Name))
            {
                matching.Add(topic.Name);
            }
        }

        return matching;
    }

    private void Lose(TopicPartition partition, OffsetReset reset) => _partitions.With(partition, state =>
    {
        state.Lose(reset);
        return true;
    });

    private void CommitIfDue()
    {
        if (_groupOffsets is null || !_options.EnableAutoCommit || _options.Time.Monotonic < _nextCommit
            || !_committing.IsCompleted)
        {
            return;
        }

        _nextCommit = _options.Time.Monotonic + _options.AutoCommitInterval;
        _committing = CommitQuietlyAsync();
    }

    private async Task CommitQuietlyAsync()
    {
        try
        {
            await CommitNewAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (KafkaException error) when (error.ErrorCode is ErrorCode.GroupAuthorizationFailed
            or ErrorCode.TopicAuthorizationFailed or ErrorCode.OffsetMetadataTooLarge)
        {
            Fail(error);
        }
        catch (Exception error) when (error is KafkaException or OperationCanceledException)
        {
            // The group has moved on, or the coordinator was away for long: the next interval tries again.
        }
    }

    private async Task CommitNewAsync(CancellationToken cancellation)
    {
        Dictionary<TopicPartition, CommittedOffset> positions = _partitions.Positions();
        Dictionary<TopicPartition, CommittedOffset> moved = [];
        foreach ((TopicPartition partition, CommittedOffset offset) in positions)
        {
            if (!_lastCommitted.TryGetValue(partition, out CommittedOffset before) || before != offset)
            {
                moved[partition] = offset;
            }
        }

        await _groupOffsets!.CommitAsync(moved, cancellation).ConfigureAwait(false);
        _lastCommitted = positions;
    }
}
