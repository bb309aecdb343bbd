namespace Barnabas.Storage;

/// <summary>What a flush of a log makes durable.</summary>
internal enum FlushScope
{
    /// <summary>Records and indexes of all segments.</summary>
    Everything,

    /// <summary>Records and indexes of all but the active segment.</summary>
    SealedSegments,

    /// <summary>
    /// What acknowledgements wait for: all records, but not the index of the active segment. After a loss of power
    /// that segment is read again and its index made anew in any case.
    /// </summary>
    Records,
}
