using System.Globalization;
using Barnabas.Client;

namespace Barnabas.Cli;

/// <summary>Which lines <c>--describe</c> prints.</summary>
internal sealed record DescribeFilter(
    bool OverridesOnly, bool UnderReplicated, bool Unavailable, bool UnderMinIsr, bool AtMinIsr)
{
    /// <summary>The line of the topic itself; the reports on partitions leave it out.</summary>
    public bool ShowsTopics => !UnderReplicated && !Unavailable && !UnderMinIsr && !AtMinIsr;

    public bool ShowsPartitions => !OverridesOnly;

    public bool Shows(PartitionDescription partition, IReadOnlyList<ConfigEntry> configs, HashSet<int> liveBrokers)
    {
        if (ShowsTopics)
        {
            return true;
        }

        string? setting = null;
        foreach (ConfigEntry config in configs)
        {
            setting = config.Name == "min.insync.replicas" ? config.Value : setting;
        }

        int minimum = int.Parse(setting ?? "1", CultureInfo.InvariantCulture);
        int inSync = partition.InSyncReplicas.Count;
        bool leaderless = partition.Leader < 0;
        return (UnderReplicated && inSync < partition.Replicas.Count)
            || (Unavailable && (leaderless || !liveBrokers.Contains(partition.Leader)))
            || (UnderMinIsr && (leaderless || inSync < minimum))
            || (AtMinIsr && inSync == minimum);
    }
}
