using Barnabas.Kernel;

namespace Barnabas.Records;

/// <summary>What a topic asks of the batches that are appended to it. Changes with its configuration.</summary>
public sealed record AppendRules
{
    /// <summary><c>message.timestamp.type</c></summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>
    /// <c>message.timestamp.before.max.ms</c>: how far a timestamp may lie behind the leader's clock.
    /// </summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary>
    /// <c>message.timestamp.after.max.ms</c>: how far a timestamp may lie ahead of the leader's clock.
    /// </summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary><c>max.message.bytes</c>: the largest batch, header included.</summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary><c>compression.type</c>; null for <c>producer</c>: as it comes.</summary>
    public CompressionType? Compression { get; init; }

    /// <summary><c>compression.(gzip|lz4|zstd).level</c> of the codec above; null for the default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary><c>cleanup.policy</c> contains <c>compact</c>: every record needs a key.</summary>
    public bool IsCompacted { get; init; }

    public ValidationDepth Depth { get; init; } = ValidationDepth.Full;

    /// <summary>
    /// <c>max.decompressed.message.bytes</c>: the largest record of a compressed batch; the others are bound by <see
    /// cref="MaxMessageBytes"/>.
    /// </summary>
    public int MaxDecompressedRecordBytes { get; init; } = int.MaxValue;

    public DecompressionLimit DecompressionLimit { get; init; } = DecompressionLimit.Default;
}
