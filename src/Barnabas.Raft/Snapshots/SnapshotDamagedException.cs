namespace Barnabas.Raft;

/// <summary>A file of metadata records is not whole, or its checksums are wrong.</summary>
public sealed class SnapshotDamagedException(string message) : Exception(message);
