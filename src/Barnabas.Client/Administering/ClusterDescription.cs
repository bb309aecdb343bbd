namespace Barnabas.Client;

/// <summary>The cluster and its brokers.</summary>
/// <param name="ClusterId">Its id.</param>
/// <param name="Controller">The broker that answers for the controller, -1 if unknown.</param>
/// <param name="Brokers">All that are alive, by id.</param>
public sealed record ClusterDescription(string ClusterId, int Controller, IReadOnlyList<BrokerInfo> Brokers);
