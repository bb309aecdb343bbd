namespace Barnabas.Client;

/// <summary>A header of a record (KIP-82): a name, which may repeat, and bytes or null.</summary>
public readonly record struct RecordHeader(string Key, ReadOnlyMemory<byte>? Value);
