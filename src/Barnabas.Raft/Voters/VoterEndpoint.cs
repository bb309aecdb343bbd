namespace Barnabas.Raft;

/// <summary>Where a voter can be reached: the controller listener's name, host and port.</summary>
public readonly record struct VoterEndpoint(string Listener, string Host, ushort Port);
