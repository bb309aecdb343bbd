using System.Globalization;

namespace Barnabas.Cli;

/// <summary>Reads <c>1:2,2:3</c>: the brokers of partition 0, then those of partition 1.</summary>
internal static class ReplicaAssignment
{
    public static IReadOnlyList<IReadOnlyList<int>>? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        List<IReadOnlyList<int>> partitions = [];
        foreach (string partition in text.Split(','))
        {
            List<int> replicas = [];
            foreach (string broker in partition.Split(':', StringSplitOptions.TrimEntries))
            {
                if (!int.TryParse(broker, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                {
                    throw new CommandFailure($"'{broker}' in the replica assignment is no broker id");
                }

                if (replicas.Contains(id))
                {
                    throw new CommandFailure(
                        $"Partition replica lists may not contain duplicate entries: {id}");
                }

                replicas.Add(id);
            }

            if (partitions.Count > 0 && partitions[0].Count != replicas.Count)
            {
                throw new CommandFailure(
                    $"Partition {partitions.Count} has different replication factor: [{string.Join(", ", replicas)}]");
            }

            partitions.Add(replicas);
        }

        return partitions;
    }
}
