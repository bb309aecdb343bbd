namespace Barnabas.Client;

/// <summary>
/// The connections of one client: at most one per broker and purpose, opened when first wanted, opened again with a
/// growing pause after failures. From any thread.
/// </summary>
internal sealed class BrokerConnections(ClientOptions options) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Broker, ConnectionPurpose Purpose), ConnectionSlot> _slots = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Backoff _backoff = new(options.ReconnectBackoff, options.ReconnectBackoffMax);

    /// <summary>
    /// The open connection, or null: then one is being opened, and <paramref name="opened"/> runs when it is, or could
    /// not be.
    /// </summary>
    public KafkaConnection? TryGet(int broker, ConnectionPurpose purpose, BrokerAddress address, Action<Task> opened)
    {
        Task<KafkaConnection> opening = OpenOnce(broker, purpose, address);
        if (opening.IsCompletedSuccessfully)
        {
            return opening.Result;
        }

        _ = opening.ContinueWith(
            static (task, state) => ((Action<Task>)state!)(task), opened, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return null;
    }

    /// <summary>The open connection; waits for its opening, and for the pause before it.</summary>
    /// <exception cref="KafkaException">It could not be opened.</exception>
    public Task<KafkaConnection> GetAsync(
        int broker, ConnectionPurpose purpose, BrokerAddress address, CancellationToken cancellation) =>
        OpenOnce(broker, purpose, address).WaitAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        List<Task<KafkaConnection>> all = [];
        lock (_gate)
        {
            foreach (ConnectionSlot slot in _slots.Values)
            {
                all.Add(slot.Opening);
            }
        }

        foreach (Task<KafkaConnection> opening in all)
        {
            try
            {
                KafkaConnection connection = await opening.ConfigureAwait(false);
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is KafkaException or OperationCanceledException)
            {
                // Never opened: nothing to close.
            }
        }

        _closing.Dispose();
    }

    private Task<KafkaConnection> OpenOnce(int broker, ConnectionPurpose purpose, BrokerAddress address)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            bool known = _slots.TryGetValue((broker, purpose), out ConnectionSlot? slot);
            if (known && slot!.Address == address && slot.IsUsable)
            {
                return slot.Opening;
            }

            // The count of failures is kept across attempts, until one succeeds and lives.
            int failures = known && slot!.Address == address ? slot.FailuresBefore : 0;
            Task<KafkaConnection> opening = OpenAfterPauseAsync(address, failures);
            _slots[(broker, purpose)] = new ConnectionSlot(address, opening, failures);
            return opening;
        }
    }

    private async Task<KafkaConnection> OpenAfterPauseAsync(BrokerAddress address, int failures)
    {
        // Leaves the pool's lock at once.
        await Task.Yield();
        if (failures > 0)
        {
            await Task.Delay(_backoff.Wait(failures, options.Entropy), options.Time, _closing.Token)
                .ConfigureAwait(false);
        }

        try
        {
            return await KafkaConnection.OpenAsync(address, options, _closing.Token).ConfigureAwait(false);
        }
        catch (KafkaException error)
        {
            options.ConnectionFailed?.Invoke(new ConnectionFailure(address, error));
            throw;
        }
    }
}
