namespace Barnabas.Broker;

/// <summary>How much of the metadata's past is kept: <c>metadata.max.retention.bytes</c> and <c>.ms</c>.</summary>
/// <param name="Bytes">Log and snapshots together; -1 for any size.</param>
/// <param name="Age">Null for any age.</param>
internal readonly record struct MetadataRetention(long Bytes, TimeSpan? Age);
