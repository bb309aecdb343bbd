namespace Barnabas.Client;

/// <summary>A broker of the cluster.</summary>
/// <param name="Id">Its <c>node.id</c>.</param>
/// <param name="Address">Where it says clients reach it.</param>
/// <param name="Rack">Its <c>broker.rack</c>, if it has one.</param>
public sealed record BrokerInfo(int Id, BrokerAddress Address, string? Rack);
