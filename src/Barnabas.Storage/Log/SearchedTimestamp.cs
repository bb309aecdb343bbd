namespace Barnabas.Storage;

/// <summary>The timestamps below zero that ListOffsets gives a meaning of their own.</summary>
public static class SearchedTimestamp
{
    /// <summary>The end of the log.</summary>
    public const long Latest = -1;

    /// <summary>The log start offset.</summary>
    public const long Earliest = -2;

    /// <summary>The first record with the largest timestamp (KIP-734).</summary>
    public const long Max = -3;

    /// <summary>The first offset on local disks; without tiering the log start offset (KIP-405).</summary>
    public const long EarliestLocal = -4;

    /// <summary>The last offset in remote storage (KIP-1005); there is none without tiering.</summary>
    public const long LatestTiered = -5;

    /// <summary>The first offset still to be uploaded (KIP-1023); there is none without tiering.</summary>
    public const long EarliestPendingUpload = -6;
}
