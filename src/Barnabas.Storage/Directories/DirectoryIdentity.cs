using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>Do the directories belong to this node, and only to it? Pure.</summary>
internal static class DirectoryIdentity
{
    /// <summary>The cluster id that all agree on, or a LogDirectoryException that says who does not.</summary>
    public static string Check(
        LogDirectoriesOptions options, IReadOnlyList<(string Path, MetaProperties? Meta)> directories)
    {
        string? clusterId = options.ClusterId;
        var ids = new Dictionary<Uuid, string>();
        foreach ((string path, MetaProperties? meta) in directories)
        {
            if (meta is null)
            {
                continue;
            }

            if (meta.NodeId is { } nodeId && nodeId != options.NodeId)
            {
                throw new LogDirectoryException(
                    $"{path} belongs to node {nodeId}, but this node's id is {options.NodeId}: "
                    + "check node.id and log.dirs");
            }

            clusterId ??= meta.ClusterId;
            if (meta.ClusterId is { } other && other != clusterId)
            {
                throw new LogDirectoryException($"{path} belongs to cluster {other}, but this node is of {clusterId}");
            }

            if (!meta.DirectoryId.IsZero && !ids.TryAdd(meta.DirectoryId, path))
            {
                throw new LogDirectoryException(
                    $"{path} and {ids[meta.DirectoryId]} have the same directory.id {meta.DirectoryId}: one is a copy");
            }
        }

        bool formatted = directories.Any(static directory => directory.Meta is not null);
        return formatted && clusterId is not null
            ? clusterId
            : throw new LogDirectoryException(
                $"No log directory of {string.Join(", ", options.Paths)} is formatted: "
                + "run 'barnabas storage format' first");
    }
}
