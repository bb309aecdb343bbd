namespace Barnabas.Coordination;

/// <summary>Where a group lives.</summary>
public static class GroupPartition
{
    /// <summary>
    /// The partition of <c>__consumer_offsets</c> that holds the group: the hash of Java's String over UTF-16 units,
    /// without its sign bit, modulo the number of partitions. Every broker and tool of the cluster must agree on it.
    /// </summary>
    public static int Of(string groupId, int partitions)
    {
        int hash = 0;
        foreach (char unit in groupId)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return (hash & int.MaxValue) % partitions;
    }
}
