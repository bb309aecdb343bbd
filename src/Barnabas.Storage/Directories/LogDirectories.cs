using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>The <c>log.dirs</c> of a node (JBOD, KIP-112). Immutable; from any thread.</summary>
public sealed class LogDirectories
{
    private LogDirectories(string clusterId, LogDirectory[] directories, Dictionary<string, string> unusable)
    {
        ClusterId = clusterId;
        All = directories;
        Unusable = unusable;
    }

    public string ClusterId { get; }

    /// <summary>Those that could be opened, in the order of the configuration; at least one.</summary>
    public IReadOnlyList<LogDirectory> All { get; }

    /// <summary>Those that could not, with the reason: offline from the start.</summary>
    public IReadOnlyDictionary<string, string> Unusable { get; }

    /// <summary>
    /// Locks and reads the directories; opens no log. Removes the clean-shutdown markers: from here on the directories
    /// count as in use. Blocks.
    /// </summary>
    /// <exception cref="LogDirectoryException">
    /// A directory is in use, not formatted, or another node's; or none is usable. The node must not start.
    /// </exception>
    public static LogDirectories Open(LogDirectoriesOptions options, LogServices services)
    {
        var taken = new List<(string Path, IDirectoryLock Lock, MetaProperties? Meta)>();
        var unusable = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (string path in options.Paths)
            {
                Take(services.Disk, path, taken, unusable);
            }

            if (taken.Count == 0)
            {
                throw NoneUsable(unusable);
            }

            string clusterId = DirectoryIdentity.Check(options, taken.ConvertAll(static d => (d.Path, d.Meta)));
            var directories = new List<LogDirectory>();
            foreach ((string path, IDirectoryLock directoryLock, MetaProperties? meta) in taken)
            {
                if (TryRead(services, options, clusterId, path, meta, unusable) is { } state)
                {
                    directories.Add(new LogDirectory(services, state, directoryLock));
                }
                else
                {
                    directoryLock.Dispose();
                }
            }

            return directories.Count > 0
                ? new LogDirectories(clusterId, [.. directories], unusable)
                : throw NoneUsable(unusable);
        }
        catch (LogDirectoryException)
        {
            taken.ForEach(static directory => directory.Lock.Dispose());
            throw;
        }
    }

    /// <summary>
    /// Writes <c>meta.properties</c> into a directory, making it if needed. Blocks; throws DiskException.
    /// </summary>
    public static void Format(IDisk disk, string path, string clusterId, int nodeId, Uuid directoryId)
    {
        disk.CreateDirectory(path);
        var meta = new MetaProperties(1, clusterId, nodeId, directoryId);
        AtomicFile.Write(disk, path, MetaProperties.Name, meta.Format());
    }

    /// <summary>Reads <c>meta.properties</c>; null if the directory is not formatted.</summary>
    public static MetaProperties? ReadMeta(IDisk disk, string path) =>
        AtomicFile.TryRead(disk, $"{path}/{MetaProperties.Name}") is { } content
            ? MetaProperties.Parse(content, $"{path}/{MetaProperties.Name}")
            : null;

    /// <summary>The open log of a partition, in whichever directory; null if there is none.</summary>
    public PartitionLog? Find(TopicPartition partition)
    {
        foreach (LogDirectory directory in All)
        {
            if (directory.Find(partition) is { } log)
            {
                return log;
            }
        }

        return null;
    }

    /// <summary>
    /// The directory that has a partition's files, the assigned one if there are several; for a new one the usable
    /// directory with the fewest logs, as Kafka chooses. Null if no directory is usable, or if the files may lie in one
    /// that is not: an empty log in another directory must not take their place.
    /// </summary>
    /// <param name="assigned">
    /// The id of the directory in which the files are, as far as the metadata knows (KIP-858); null if there are none.
    /// </param>
    public LogDirectory? DirectoryFor(TopicPartition partition, Uuid? assigned)
    {
        LogDirectory? holder = null;
        LogDirectory? fewest = null;
        bool mayLieOffline = assigned is not null;
        bool isAnyOffline = Unusable.Count > 0;
        foreach (LogDirectory directory in All)
        {
            if (directory.Contains(partition))
            {
                // Files of a former topic of this name may lie elsewhere: their directory had failed when it was
                // deleted.
                holder = holder is null || directory.Id == assigned ? directory : holder;
            }

            bool usable = directory.OfflineReason is null;
            isAnyOffline |= !usable;
            mayLieOffline &= !usable || directory.Id != assigned;
            if (usable && (fewest is null || directory.LogCount < fewest.LogCount))
            {
                fewest = directory;
            }
        }

        return holder ?? (isAnyOffline && mayLieOffline ? null : fewest);
    }

    private static LogDirectoryException NoneUsable(Dictionary<string, string> unusable) =>
        new($"No log directory is usable: {string.Join("; ", unusable.Values)}");

    private static void Take(
        IDisk disk,
        string path,
        List<(string Path, IDirectoryLock Lock, MetaProperties? Meta)> taken,
        Dictionary<string, string> unusable)
    {
        IDirectoryLock? directoryLock = null;
        try
        {
            disk.CreateDirectory(path);
            directoryLock = disk.TryLock(path)
                ?? throw new LogDirectoryException($"{path} is in use by another process (its .lock is held)");
            // Only with what it says of itself: a directory whose file could not be read is not one without a file,
            // which would be given a new identity.
            taken.Add((path, directoryLock, ReadMeta(disk, path)));
        }
        catch (DiskException failure)
        {
            directoryLock?.Dispose();
            unusable[path] = failure.Message;
        }
        catch (CheckpointFormatException damage)
        {
            directoryLock?.Dispose();
            throw new LogDirectoryException(damage.Message);
        }
    }

    private static DirectoryState? TryRead(
        LogServices services,
        LogDirectoriesOptions options,
        string clusterId,
        string path,
        MetaProperties? meta,
        Dictionary<string, string> unusable)
    {
        try
        {
            if (meta is null || meta.DirectoryId.IsZero || meta.Version == 0)
            {
                // A directory added to a node that is formatted already, or one from before directories had ids.
                Format(services.Disk, path, clusterId, options.NodeId, Uuid.Random(services.Entropy));
                meta = ReadMeta(services.Disk, path)!;
            }

            DirectoryState state = DirectoryState.Read(services.Disk, path, meta);
            services.Disk.DeleteFile($"{path}/{CleanShutdownMarker.Name}");
            services.Disk.SyncDirectory(path);
            return state;
        }
        catch (DiskException failure)
        {
            unusable[path] = failure.Message;
        }
        catch (CheckpointFormatException damage)
        {
            unusable[path] = damage.Message;
        }

        return null;
    }
}
