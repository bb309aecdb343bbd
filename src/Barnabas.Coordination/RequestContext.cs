namespace Barnabas.Coordination;

/// <summary>What a coordinator needs to know about a request beyond its body.</summary>
/// <param name="ApiVersion">The version the request came in; the reply is shaped for it.</param>
/// <param name="ClientId">From the request header; empty if the client gave none.</param>
/// <param name="ClientHost">The peer's address as Kafka writes it into group metadata: <c>/192.0.2.1</c>.</param>
public readonly record struct RequestContext(short ApiVersion, string ClientId, string ClientHost);
