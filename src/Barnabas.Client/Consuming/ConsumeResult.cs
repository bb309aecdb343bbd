using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>A record as a consumer gets it. Its bytes stay valid as long as somebody holds them.</summary>
public readonly record struct ConsumeResult
{
    /// <summary>Where it comes from.</summary>
    public required TopicPartition Partition { get; init; }

    /// <summary>Its offset there.</summary>
    public required Offset Offset { get; init; }

    /// <summary>Milliseconds since 1970, or -1 if it has no timestamp.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>True if the broker stamped it, false if its producer did.</summary>
    public bool IsLogAppendTime { get; init; }

    /// <summary>Null for none, which is not the same as empty.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>Null if the record deletes its key.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>In the producer's order.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; init; }

    /// <summary>The leadership under which it was written, -1 if unknown.</summary>
    public LeaderEpoch LeaderEpoch { get; init; }
}
