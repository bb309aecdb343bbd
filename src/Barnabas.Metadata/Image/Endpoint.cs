namespace Barnabas.Metadata;

/// <summary>
/// Where a node listens: the listener's name, host and port as advertised, and the protocol's number (0 PLAINTEXT, 1
/// SSL,
/// 2 SASL_PLAINTEXT, 3 SASL_SSL).
/// </summary>
public readonly record struct Endpoint(string Name, string Host, ushort Port, short SecurityProtocol);
