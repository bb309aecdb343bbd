using Barnabas.Kernel;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>One partition of a fetch: what was asked, and what was found when it was last looked at.</summary>
internal struct FetchItem : INamesPartition
{
    /// <summary>The topic by id (version 13 and later) or by name; see <see cref="FetchKey"/>.</summary>
    public FetchKey Key;

    /// <summary>The name as it goes into the reply of versions before 13.</summary>
    public ReadOnlyMemory<byte> NameUtf8;

    public Partition? Partition;

    /// <summary>What the session remembers; null outside of sessions.</summary>
    public FetchSessionPartition? Remembered;

    public Offset FetchOffset;
    public int MaxBytes;
    public LeaderEpoch CurrentLeaderEpoch;
    public LeaderEpoch LastFetchedEpoch;

    public ErrorCode Error;

    /// <summary>Records to send; meaningful if its count is above zero. This item owns one use of its file.</summary>
    public FileRegion Region;

    /// <summary>The records lie on the device only, and the last look was not to wait for it.</summary>
    public bool IsCold;

    /// <summary>How far the last look could see.</summary>
    public Offset SeenLimit;

    /// <summary>
    /// The log's appended bytes at or before the last look, if it could see them all; -1 if it could not.
    /// </summary>
    public long SeenBytes;

    /// <summary>The active segment at the last look: once there is a later one, it does not grow any more.</summary>
    public Offset SeenSegment;

    /// <summary>There is more to read, but in the next segment: waiting would not make this answer larger.</summary>
    public bool HasMoreSegments;

    /// <summary>No record of the region reaches this offset.</summary>
    public Offset RegionLimit;

    /// <summary>Transactions whose records in the region are to be skipped; null if there are none.</summary>
    public List<AbortedTransaction>? Aborted;

    public Offset HighWatermark;
    public Offset LastStableOffset;
    public Offset LogStartOffset;

    /// <summary>Where the fetcher's log leaves this one; null if it does not.</summary>
    public EpochEndOffset? Diverging;

    /// <summary>Left out of an incremental reply because nothing about it is new.</summary>
    public bool IsOmitted;

    readonly Partition? INamesPartition.NamedPartition => Partition;

    public void ReleaseRegion()
    {
        if (Region.Count > 0)
        {
            Region.File.Release();
        }

        Region = default;
    }
}
