namespace Barnabas.Metadata;

/// <summary>Which replicas may become leader, and which of them is tried first.</summary>
internal enum Election
{
    /// <summary>Keep the leader if it may lead; else the first in-sync replica.</summary>
    Online,

    /// <summary>The preferred replica if it may lead, even if another leads now.</summary>
    Preferred,

    /// <summary>As <see cref="Online"/>, and if that finds none, any live replica: committed records may be
    /// lost.</summary>
    Unclean,
}
