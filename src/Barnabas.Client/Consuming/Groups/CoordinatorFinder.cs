using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// Finds the broker that coordinates a group, and keeps the connection to it until somebody says it is wrong.
/// </summary>
internal sealed class CoordinatorFinder(
    ClientOptions options, BrokerConnections connections, ClusterMetadata metadata, string group)
{
    private readonly Lock _gate = new();
    private BrokerInfo? _coordinator;

    /// <summary>The coordinator is elsewhere, or gone.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _coordinator = null;
        }
    }

    /// <summary>An open connection to the coordinator, for this group's requests only.</summary>
    /// <exception cref="KafkaException">It could not be found or reached; retriable if that may change.</exception>
    public async Task<KafkaConnection> ConnectAsync(CancellationToken cancellation)
    {
        BrokerInfo? known;
        lock (_gate)
        {
            known = _coordinator;
        }

        known ??= await FindAsync(cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            _coordinator = known;
        }

        try
        {
            return await connections
                .GetAsync(known.Id, ConnectionPurpose.Coordination, known.Address, cancellation).ConfigureAwait(false);
        }
        catch (KafkaException)
        {
            Forget();
            throw;
        }
    }

    private async Task<BrokerInfo> FindAsync(CancellationToken cancellation)
    {
        ClusterSnapshot cluster = metadata.Current;
        if (cluster.Brokers.Count == 0)
        {
            cluster = await metadata.RefreshAsync(options.RequestTimeout, cancellation).ConfigureAwait(false);
        }

        int turn = (int)(options.Entropy.NextUInt64() % (ulong)Math.Max(1, cluster.Brokers.Count));
        BrokerInfo any = cluster.Brokers.Values.Skip(turn).First();
        KafkaConnection connection = await connections
            .GetAsync(any.Id, ConnectionPurpose.Data, any.Address, cancellation).ConfigureAwait(false);

        // Version 4 asks for many keys at once and answers with a list.
        FindCoordinatorRequest request = new();
        bool many = connection.Versions.Pick(ApiKey.FindCoordinator) >= 4;
        if (many)
        {
            request.CoordinatorKeys.Add(group);
        }
        else
        {
            request.Key = group;
        }

        FindCoordinatorResponse response = await connection
            .SendAsync<FindCoordinatorResponse>(request, cancellation: cancellation).ConfigureAwait(false);
        if (!many)
        {
            Check((ErrorCode)response.ErrorCode, response.ErrorMessage);
            return new BrokerInfo(response.NodeId, new BrokerAddress(response.Host, response.Port), null);
        }

        if (response.Coordinators.Count != 1)
        {
            throw new KafkaException(
                ErrorCode.CorruptMessage, $"asked for one coordinator, got {response.Coordinators.Count}");
        }

        FindCoordinatorResponse.Coordinator found = response.Coordinators[0];
        Check((ErrorCode)found.ErrorCode, found.ErrorMessage);
        return new BrokerInfo(found.NodeId, new BrokerAddress(found.Host, found.Port), null);
    }

    private void Check(ErrorCode error, string? message)
    {
        if (error != ErrorCode.None)
        {
            throw new KafkaException(error, $"no coordinator for group {group}: {message ?? error.ToString()}");
        }
    }
}
