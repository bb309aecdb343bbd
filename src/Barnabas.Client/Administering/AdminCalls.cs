using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// Sends one administrative request to a broker that can answer it, again and again until the call's time is over.
/// </summary>
internal sealed class AdminCalls(AdminOptions options, BrokerConnections connections, ClusterMetadata metadata)
{
    private readonly Backoff _backoff = new(options.RetryBackoff, options.RetryBackoffMax);

    public MonotonicTime Deadline() => options.Time.Monotonic + options.CallTimeout;

    /// <summary>
    /// To any broker: brokers forward to the controller what they cannot decide. Lost connections are retried only if
    /// <paramref name="repeatable"/> says that doing it twice is the same as doing it once.
    /// </summary>
    public async Task<TResponse> AnyAsync<TResponse>(
        Func<BrokerVersions, IApiMessage> request,
        Func<TResponse, ErrorCode> errorOf,
        CancellationToken cancellation,
        bool repeatable = true)
        where TResponse : class, IMessage<TResponse>, new()
    {
        MonotonicTime deadline = Deadline();
        for (int failures = 1; ; failures++)
        {
            KafkaException problem;
            bool sent = false;
            try
            {
                KafkaConnection connection = await AnyConnectionAsync(cancellation).ConfigureAwait(false);
                IApiMessage message = request(connection.Versions);
                sent = true;
                TResponse response = await connection
                    .SendAsync<TResponse>(message, cancellation: cancellation).ConfigureAwait(false);
                ErrorCode error = errorOf(response);
                if (!error.IsRetriable())
                {
                    return response;
                }

                problem = new KafkaException(error, $"{message.ApiKey}: {error}");
                sent = false;
            }
            catch (KafkaException error) when (error.IsRetriable && (repeatable || !sent))
            {
                problem = error;
            }

            metadata.Request();
            await PauseAsync(failures, deadline, problem, cancellation).ConfigureAwait(false);
        }
    }

    public async Task PauseAsync(
        int failures, MonotonicTime deadline, KafkaException problem, CancellationToken cancellation)
    {
        TimeSpan pause = _backoff.Wait(failures, options.Entropy);
        if (options.Time.Monotonic + pause >= deadline)
        {
            throw problem;
        }

        await Task.Delay(pause, options.Time, cancellation).ConfigureAwait(false);
    }

    public async Task<ClusterSnapshot> ClusterAsync(CancellationToken cancellation)
    {
        ClusterSnapshot cluster = metadata.Current;
        return cluster.Brokers.Count > 0
            ? cluster
            : await metadata.RefreshAsync(options.CallTimeout, cancellation).ConfigureAwait(false);
    }

    public async Task<KafkaConnection> BrokerAsync(int broker, CancellationToken cancellation)
    {
        ClusterSnapshot cluster = await ClusterAsync(cancellation).ConfigureAwait(false);
        return cluster.Brokers.TryGetValue(broker, out BrokerInfo? info)
            ? await connections.GetAsync(broker, ConnectionPurpose.Data, info.Address, cancellation)
                .ConfigureAwait(false)
            : throw new KafkaException(ErrorCode.BrokerNotAvailable, $"the cluster has no broker {broker}");
    }

    private async Task<KafkaConnection> AnyConnectionAsync(CancellationToken cancellation)
    {
        ClusterSnapshot cluster = await ClusterAsync(cancellation).ConfigureAwait(false);
        int turn = (int)(options.Entropy.NextUInt64() % (ulong)Math.Max(1, cluster.Brokers.Count));
        return await BrokerAsync(cluster.Brokers.Keys.Skip(turn).First(), cancellation).ConfigureAwait(false);
    }
}
