using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>What is known of a log before its files are looked at.</summary>
internal sealed record LogOpening
{
    public required string Directory { get; init; }

    public required LogConfig Config { get; init; }

    /// <summary>The names in the directory.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The directory was made just now.</summary>
    public bool IsNew { get; init; }

    /// <summary>From the checkpoint; zero if there is none.</summary>
    public Offset LogStartOffset { get; init; }

    /// <summary>All below it was synced. From the checkpoint; zero if there is none.</summary>
    public Offset RecoveryPoint { get; init; }

    /// <summary>From the checkpoint; zero if there is none.</summary>
    public Offset HighWatermark { get; init; }

    /// <summary>The clean-shutdown marker was there: nothing needs to be validated.</summary>
    public bool CleanShutdown { get; init; }

    /// <summary>Apache Kafka has run on the log directory: it may have compacted the log.</summary>
    public bool KafkaRanHere { get; init; }

    /// <summary>
    /// How far the log was valid in a life of this machine that has not ended since: what the page cache held then it
    /// still holds. Null if nothing of that kind is known.
    /// </summary>
    public ValidatedPosition? Validated { get; init; }

    public long NowMs { get; init; }
}
