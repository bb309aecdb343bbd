using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// Decides what to fetch: every partition that has a position and nothing buffered, from its leader, with at most one
/// request per broker. A pure core.
/// </summary>
internal static class FetchPlanner
{
    /// <param name="states">In a fixed order; the answer of a broker fills up in the order that it is asked.</param>
    /// <param name="first">Which state comes first this time, so that no partition is always the last.</param>
    /// <param name="leaderMissing">Some partition could be fetched but has no known leader.</param>
    public static List<FetchPlan> Plan(
        IReadOnlyList<PartitionState> states,
        int first,
        ClusterSnapshot cluster,
        IReadOnlySet<int> busyBrokers,
        MonotonicTime now,
        out bool leaderMissing)
    {
        leaderMissing = false;
        SortedDictionary<int, FetchPlan> plans = [];
        for (int i = 0; i < states.Count; i++)
        {
            PartitionState state = states[(first + i) % states.Count];
            if (!state.IsFetchable(now))
            {
                continue;
            }

            PartitionInfo? info = cluster.Partition(state.Partition);
            int leader = info?.Leader ?? -1;
            if (leader < 0 || !cluster.Brokers.ContainsKey(leader))
            {
                leaderMissing = true;
                continue;
            }

            if (busyBrokers.Contains(leader))
            {
                continue;
            }

            if (!plans.TryGetValue(leader, out FetchPlan? plan))
            {
                plans.Add(leader, plan = new FetchPlan(leader));
            }

            plan.Partitions.Add((state, state.Position!.Value, info!.LeaderEpoch));
        }

        return [.. plans.Values];
    }
}
