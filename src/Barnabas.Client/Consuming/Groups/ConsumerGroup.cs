using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// Drives a <see cref="GroupMembership"/>. Rebalances begin and end within the application's polls, so that an
/// assignment never changes under its hands; joining itself and heartbeats run in the background.
/// </summary>
internal sealed class ConsumerGroup : IAsyncDisposable
{
    private readonly ConsumerOptions _options;
    private readonly CoordinatorFinder _coordinator;
    private readonly ClusterMetadata _metadata;
    private readonly ConsumerPartitions _partitions;
    private readonly GroupMembership _membership;
    private readonly GroupOffsets _offsets;
    private readonly Lock _gate;
    private readonly Action _wake;
    private readonly CancellationTokenSource _closing = new();
    private readonly Backoff _backoff;
    private Rebalance? _rebalance;
    private Task _rebalancing = Task.CompletedTask;
    private Task _heartbeats = Task.CompletedTask;
    private Dictionary<string, int>? _leaderView;
    private IReadOnlyCollection<TopicPartition> _lastAssigned = [];
    private int _lastGeneration = -1;
    private int _failures;
    private MonotonicTime _notBefore;
    private MonotonicTime _lastPoll;

    public ConsumerGroup(
        ConsumerOptions options,
        CoordinatorFinder coordinator,
        ClusterMetadata metadata,
        ConsumerPartitions partitions,
        GroupMembership membership,
        GroupOffsets offsets,
        Lock gate,
        Action wake)
    {
        _options = options;
        _coordinator = coordinator;
        _metadata = metadata;
        _partitions = partitions;
        _membership = membership;
        _offsets = offsets;
        _gate = gate;
        _wake = wake;
        _backoff = new Backoff(options.RetryBackoff, options.RetryBackoffMax);
        _lastPoll = options.Time.Monotonic;
    }

    /// <summary>The generation as a member knows it; for tests and logs.</summary>
    public int Generation => _membership.Generation;

    /// <summary>Called by every poll: does what is due in the group and nothing that takes long.</summary>
    public async ValueTask StepAsync(
        IReadOnlyCollection<string> topics, IRebalanceListener? listener, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _lastPoll = _options.Time.Monotonic;
        }

        if (_membership.Failure is { } failure)
        {
            throw failure;
        }

        if (_rebalance is { } rebalance)
        {
            if (!_rebalancing.IsCompleted)
            {
                return;
            }

            await FinishAsync(rebalance, listener, cancellation).ConfigureAwait(false);
        }

        if (_membership.State == MemberState.Stable && ViewChanged(topics))
        {
            lock (_gate)
            {
                _membership.RequestRejoin();
            }
        }

        if (_membership.State == MemberState.Unjoined
            && _rebalance is null
            && topics.Count > 0
            && _options.Time.Monotonic >= _notBefore)
        {
            await GiveUpPartitionsAsync(topics, listener, cancellation).ConfigureAwait(false);
            _rebalance = new Rebalance(_options, _coordinator, _metadata, _membership, _gate);
            _rebalancing = RunAsync(_rebalance, [.. topics]);
        }
    }

    /// <summary>The subscription changed; the next poll joins again.</summary>
    public void SubscriptionChanged()
    {
        lock (_gate)
        {
            if (_membership.State == MemberState.Stable)
            {
                _membership.RequestRejoin();
            }
        }
    }

    /// <summary>Says goodbye, so that others get the partitions at once. A static member stays (KIP-345).</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _rebalancing.ConfigureAwait(false);
        await _heartbeats.ConfigureAwait(false);
        await LeaveAsync("the consumer is being closed").ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task RunAsync(Rebalance rebalance, IReadOnlyCollection<string> topics)
    {
        // The poll goes on at once.
        await Task.Yield();
        try
        {
            IReadOnlyCollection<TopicPartition> owned = _options.IsCooperative ? _partitions.All() : _lastAssigned;
            await rebalance.RunAsync(topics, owned, _lastGeneration, _closing.Token).ConfigureAwait(false);
            if (rebalance.Assigned is not null)
            {
                _heartbeats = HeartbeatAsync(_membership.Generation, _heartbeats);
            }
        }
        catch (Exception error) when (error is KafkaException or OperationCanceledException)
        {
            lock (_gate)
            {
                bool retriable = error is KafkaException { IsRetriable: true };
                ErrorCode code =
                    retriable ? ErrorCode.NetworkException : (error as KafkaException)?.ErrorCode ?? ErrorCode.None;
                if (error is KafkaException)
                {
                    // Whichever request it was, its answer will not come.
                    _ = _membership.State == MemberState.Syncing
                        ? _membership.SyncAnswered(code)
                        : _membership.JoinFailed(code);
                }
            }

            _coordinator.Forget();
        }

        _wake();
    }

    private async ValueTask FinishAsync(
        Rebalance rebalance, IRebalanceListener? listener, CancellationToken cancellation)
    {
        _rebalance = null;
        // What it caught it has told the membership; anything else must not pass in silence.
        await _rebalancing.ConfigureAwait(false);
        if (rebalance.Assigned is not { } assigned)
        {
            // A new member's first join is only to learn its id, and an expelled one should be back soon.
            _failures++;
            _notBefore = _options.Time.Monotonic
                + (_failures == 1 ? TimeSpan.Zero : _backoff.Wait(_failures - 1, _options.Entropy));
            return;
        }

        _failures = 0;
        _leaderView = rebalance.LeaderView;
        _lastAssigned = assigned;
        _lastGeneration = _membership.Generation;
        _metadata.Track(assigned.Select(partition => partition.Topic));
        // In the eager protocol nothing is owned here, so nothing is revoked and all is new.
        List<TopicPartition> owned = _partitions.All();
        List<TopicPartition> revoked = [.. owned.Except(assigned)];
        List<TopicPartition> added = [.. assigned.Except(owned)];
        await RevokeAsync(revoked, lost: false, listener, cancellation).ConfigureAwait(false);
        _partitions.Set(assigned);
        if (listener is not null)
        {
            await listener.OnAssignedAsync(added, cancellation).ConfigureAwait(false);
        }

        if (revoked.Count > 0)
        {
            // Nobody has them yet: their new owners get them in the next generation.
            lock (_gate)
            {
                _membership.RequestRejoin();
            }
        }
    }

    // Before a join the eager protocol gives up everything, the cooperative one only what is not wanted any more.
    private async ValueTask GiveUpPartitionsAsync(
        IReadOnlyCollection<string> topics, IRebalanceListener? listener, CancellationToken cancellation)
    {
        bool lost = _membership.LostMembership;
        List<TopicPartition> owned = _partitions.All();
        List<TopicPartition> kept = lost || !_options.IsCooperative
            ? []
            : [.. owned.Where(partition => topics.Contains(partition.Topic))];
        await RevokeAsync([.. owned.Except(kept)], lost, listener, cancellation).ConfigureAwait(false);
        _partitions.Set(kept);
    }

    // What is finished of them is committed first, unless it is too late for that.
    private async ValueTask RevokeAsync(
        List<TopicPartition> revoked, bool lost, IRebalanceListener? listener, CancellationToken cancellation)
    {
        if (revoked.Count == 0)
        {
            return;
        }

        if (!lost && _options.EnableAutoCommit)
        {
            try
            {
                await _offsets.CommitAsync(_partitions.Positions(), cancellation).ConfigureAwait(false);
            }
            catch (KafkaException)
            {
                // What was not committed is consumed again by the next owner: at least once is the promise.
            }
        }

        if (listener is not null && lost)
        {
            await listener.OnLostAsync(revoked, cancellation).ConfigureAwait(false);
        }
        else if (listener is not null)
        {
            await listener.OnRevokedAsync(revoked, cancellation).ConfigureAwait(false);
        }
    }

    private bool ViewChanged(IReadOnlyCollection<string> topics)
    {
        if (_leaderView is null)
        {
            return false;
        }

        Dictionary<string, int> now = Rebalance.PartitionCounts(_metadata.Current, _leaderView.Keys.Union(topics));
        return now.Any(pair => _leaderView.GetValueOrDefault(pair.Key) != pair.Value);
    }

    private async Task HeartbeatAsync(int generation, Task previous)
    {
        await Task.Yield();
        await previous.ConfigureAwait(false);
        try
        {
            while (true)
            {
                await Task.Delay(_options.HeartbeatInterval, _options.Time, _closing.Token).ConfigureAwait(false);
                MonotonicTime lastPoll;
                lock (_gate)
                {
                    if (_membership.State != MemberState.Stable || _membership.Generation != generation)
                    {
                        return;
                    }

                    lastPoll = _lastPoll;
                }

                if (_options.Time.Monotonic - lastPoll > _options.PollIntervalMax)
                {
                    await LeaveAsync("max.poll.interval.ms is over").ConfigureAwait(false);
                    return;
                }

                await BeatAsync(generation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Closing.
        }
    }

    private async Task BeatAsync(int generation)
    {
        HeartbeatRequest request = new()
        {
            GroupId = _options.GroupId!,
            GenerationId = generation,
            MemberId = _membership.MemberId,
            GroupInstanceId = _options.GroupInstanceId,
        };
        ErrorCode error;
        try
        {
            KafkaConnection connection = await _coordinator.ConnectAsync(_closing.Token).ConfigureAwait(false);
            HeartbeatResponse response = await connection
                .SendAsync<HeartbeatResponse>(request, cancellation: _closing.Token).ConfigureAwait(false);
            error = (ErrorCode)response.ErrorCode;
        }
        catch (KafkaException)
        {
            error = ErrorCode.NetworkException;
        }

        GroupReaction reaction;
        lock (_gate)
        {
            reaction = _membership.HeartbeatAnswered(error, generation);
        }

        if (reaction == GroupReaction.FindCoordinator)
        {
            _coordinator.Forget();
        }
        else if (reaction != GroupReaction.Proceed)
        {
            _wake();
        }
    }

    private async Task LeaveAsync(string reason)
    {
        string memberId = _membership.MemberId;
        lock (_gate)
        {
            _membership.Left();
        }

        if (memberId.Length == 0 || _options.GroupInstanceId is not null)
        {
            return;
        }

        // One attempt, within a heartbeat's time: if it does not arrive, the session times out and tells the same.
        using CancellationTokenSource limit = new(_options.HeartbeatInterval, _options.Time);
        try
        {
            KafkaConnection connection = await _coordinator.ConnectAsync(limit.Token).ConfigureAwait(false);
            LeaveGroupRequest request = new() { GroupId = _options.GroupId! };
            if (connection.Versions.Pick(ApiKey.LeaveGroup) >= 3)
            {
                request.Members.Add(new LeaveGroupRequest.MemberIdentity { MemberId = memberId, Reason = reason });
            }
            else
            {
                request.MemberId = memberId;
            }

            await connection.SendAsync<LeaveGroupResponse>(request, cancellation: limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is KafkaException or OperationCanceledException)
        {
            // See above.
        }
    }
}
