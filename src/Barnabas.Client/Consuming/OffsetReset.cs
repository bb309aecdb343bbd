namespace Barnabas.Client;

/// <summary>
/// Where a consumer goes when a partition has no committed offset, or its position is no longer in the log.
/// </summary>
public enum OffsetReset
{
    /// <summary>The end: only records that are produced from now on.</summary>
    Latest,

    /// <summary>The first record that is still there.</summary>
    Earliest,

    /// <summary>Nowhere: the poll throws.</summary>
    None,
}
