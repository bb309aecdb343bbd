using System.Globalization;
using Barnabas.Kernel;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>Tells what is in log directories, as <c>kafka-storage info</c> does.</summary>
public sealed class StorageInfo
{
    private StorageInfo(IReadOnlyList<string> found, MetaProperties? first, IReadOnlyList<string> problems)
    {
        Found = found;
        First = first;
        Problems = problems;
    }

    /// <summary>Directories that exist.</summary>
    public IReadOnlyList<string> Found { get; }

    /// <summary>What the first formatted directory says; null if none is formatted.</summary>
    public MetaProperties? First { get; }

    public IReadOnlyList<string> Problems { get; }

    /// <summary>What the tool's process ends with.</summary>
    public int ExitCode => Problems.Count > 0 ? 1 : 0;

    public static StorageInfo Read(IDisk disk, IEnumerable<string> directories)
    {
        var found = new List<string>();
        var problems = new List<string>();
        MetaProperties? first = null;
        foreach (string directory in directories.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (!disk.DirectoryExists(directory))
            {
                problems.Add(disk.FileExists(directory)
                    ? $"{directory} is not a directory"
                    : $"{directory} does not exist");
                continue;
            }

            found.Add(directory);
            if (ReadMeta(disk, directory, problems) is not { } meta)
            {
                continue;
            }

            first ??= meta;
            if (first.ClusterId != meta.ClusterId)
            {
                problems.Add("Mismatched cluster IDs between storage directories.");
            }
            else if (first.NodeId != meta.NodeId)
            {
                problems.Add("Mismatched node IDs between storage directories.");
            }
        }

        if (first is { Version: 0 })
        {
            problems.Add(
                "The kafka configuration file appears to be for a cluster in KRaft mode, but the directories are " +
                "formatted for legacy mode.");
        }

        return new StorageInfo(found, first, problems);
    }

    /// <summary>The lines that the tool prints.</summary>
    public IEnumerable<string> ToLines()
    {
        if (Found.Count > 0)
        {
            yield return Found.Count == 1 ? "Found log directory:" : "Found log directories:";
            foreach (string directory in Found)
            {
                yield return $"  {directory}";
            }

            yield return "";
        }

        if (First is { } meta)
        {
            yield return $"Found metadata: {Describe(meta)}";
            yield return "";
        }

        if (Problems.Count > 0)
        {
            yield return Problems.Count == 1 ? "Found problem:" : "Found problems:";
            foreach (string problem in Problems)
            {
                yield return $"  {problem}";
            }

            yield return "";
        }
    }

    private static MetaProperties? ReadMeta(IDisk disk, string directory, List<string> problems)
    {
        try
        {
            if (LogDirectories.ReadMeta(disk, directory) is { } meta)
            {
                return meta;
            }

            problems.Add($"{directory} is not formatted.");
        }
        catch (CheckpointFormatException damage)
        {
            problems.Add($"Error loading {directory}/{MetaProperties.Name}: {damage.Message}");
        }

        return null;
    }

    private static string Describe(MetaProperties meta)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["version"] = meta.Version.ToString(CultureInfo.InvariantCulture),
        };
        if (meta.ClusterId is { } cluster)
        {
            values["cluster.id"] = cluster;
        }

        if (meta.NodeId is { } node)
        {
            values[meta.Version == 0 ? "broker.id" : "node.id"] = node.ToString(CultureInfo.InvariantCulture);
        }

        if (!meta.DirectoryId.IsZero)
        {
            values["directory.id"] = meta.DirectoryId.ToString();
        }

        return $"{{{string.Join(", ", values.Select(static value => $"{value.Key}={value.Value}"))}}}";
    }
}
