namespace Barnabas.Coordination;

/// <summary>Where a group lives.</summary>
public static class GroupPartition
{
    /// <summary>
    /// The partition of <c>__consumer_offsets</c> that holds the group: the magnitude of the hash of Java's String over
    /// UTF-16 units, modulo the number of partitions. Every broker and tool of the cluster must agree on it; another
    /// rule for negative hashes would hide the offsets that Apache Kafka has written.
    /// </summary>
    public static int Of(ReadOnlySpan<char> groupId, int partitions)
    {
        int hash = 0;
        foreach (char unit in groupId)
        {
            hash = unchecked((31 * hash) + unit);
        }

        // The one value without a positive counterpart counts as 0.
        return hash == int.MinValue ? 0 : Math.Abs(hash) % partitions;
    }
}
