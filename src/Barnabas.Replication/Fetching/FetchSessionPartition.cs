using Barnabas.Kernel;

namespace Barnabas.Replication;

/// <summary>
/// What a fetch session remembers of one partition: what the fetcher asked for, and what it was last told. Guarded by
/// the session.
/// </summary>
public sealed class FetchSessionPartition(FetchKey key)
{
    // Never told yet: differs from every real value, so the first answer is always sent.
    private const long Untold = -2;

    private long _toldHighWatermark = Untold;
    private long _toldLogStartOffset = Untold;

    public FetchKey Key { get; } = key;

    public Offset FetchOffset { get; private set; }

    /// <summary>The most record bytes the fetcher wants of this partition.</summary>
    public int MaxBytes { get; private set; }

    /// <summary>The epoch the fetcher believes in; <see cref="LeaderEpoch.None"/> if it does not check.</summary>
    public LeaderEpoch CurrentLeaderEpoch { get; private set; }

    /// <summary>
    /// The epoch of the last batch a fetcher holds (KIP-595); <see cref="LeaderEpoch.None"/> if it did not say.
    /// </summary>
    public LeaderEpoch LastFetchedEpoch { get; private set; }

    /// <summary>The broker's own object for the partition, kept so that a steady fetch looks nothing up.</summary>
    public Partition? Partition { get; set; }

    internal FetchSessionPartition? Next { get; set; }

    internal FetchSessionPartition? Previous { get; set; }

    public void Ask(Offset fetchOffset, int maxBytes, LeaderEpoch currentLeaderEpoch, LeaderEpoch lastFetchedEpoch)
    {
        FetchOffset = fetchOffset;
        MaxBytes = maxBytes;
        CurrentLeaderEpoch = currentLeaderEpoch;
        LastFetchedEpoch = lastFetchedEpoch;
    }

    /// <summary>
    /// True if an incremental answer must mention the partition: it has records or an error or diverges, or one of its
    /// marks moved since it was last mentioned (KIP-227). Remembers what is being told.
    /// </summary>
    public bool MustTell(bool hasRecords, bool hasError, bool diverges, Offset highWatermark, Offset logStartOffset)
    {
        bool must = hasRecords
            || hasError
            || diverges
            || highWatermark.Value != _toldHighWatermark
            || logStartOffset.Value != _toldLogStartOffset;
        // After an error the fetcher must hear of the partition again, whatever its marks are.
        _toldHighWatermark = hasError ? Untold : highWatermark.Value;
        _toldLogStartOffset = logStartOffset.Value;
        return must;
    }
}
