namespace Barnabas.Storage;

/// <summary>What a search for a batch came to.</summary>
internal enum SearchOutcome
{
    Found,

    /// <summary>There is no such batch.</summary>
    Missing,

    /// <summary>On the way to it there are bytes that are no batch, or a batch that cannot be where it is.</summary>
    Damaged,

    /// <summary>The way to it leads over bytes that are not in memory, and the search was not to wait.</summary>
    NotInMemory,
}
