using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>The tree of names of a simulated disk. Its root is always there.</summary>
internal sealed class SimulatedNames
{
    private readonly SimulatedDirectory _root = new();

    public SimulatedEntry? Find(string path)
    {
        SimulatedEntry? entry = _root;
        foreach (string name in Split(path))
        {
            if (entry is not SimulatedDirectory directory || !directory.Names.TryGetValue(name, out entry))
            {
                return null;
            }
        }

        return entry;
    }

    public SimulatedDirectory FindDirectory(string path) => Find(path) as SimulatedDirectory
        ?? throw new DiskException(DiskError.NotFound, path, "the directory does not exist");

    public (SimulatedDirectory Parent, string Name) ParentOf(string path)
    {
        string[] names = Split(path);
        Invariant.That(names.Length > 0, "the root of a disk is not made, moved or deleted");
        SimulatedEntry? parent = _root;
        foreach (string name in names.AsSpan(..^1))
        {
            if (parent is not SimulatedDirectory directory || !directory.Names.TryGetValue(name, out parent))
            {
                throw new DiskException(DiskError.NotFound, path, "the directory does not exist");
            }
        }

        return parent is SimulatedDirectory found
            ? (found, names[^1])
            : throw new DiskException(DiskError.NotFound, path, "the directory does not exist");
    }

    public void CreateDirectories(string path)
    {
        SimulatedDirectory directory = _root;
        foreach (string name in Split(path))
        {
            if (!directory.Names.TryGetValue(name, out SimulatedEntry? entry))
            {
                entry = new SimulatedDirectory();
                directory.Change(name, entry);
            }

            directory = entry as SimulatedDirectory
                ?? throw new DiskException(DiskError.Failed, path, "a file has this name");
        }
    }

    /// <summary>Returns what the new name led to before.</summary>
    public SimulatedEntry? Rename(string from, string to)
    {
        SimulatedEntry moved = Find(from)
            ?? throw new DiskException(DiskError.NotFound, from, "the path does not exist");
        (SimulatedDirectory source, string oldName) = ParentOf(from);
        (SimulatedDirectory target, string newName) = ParentOf(to);
        target.Names.TryGetValue(newName, out SimulatedEntry? replaced);
        if (ReferenceEquals(replaced, moved))
        {
            return null;
        }

        bool isOtherKind = replaced is not null && replaced.GetType() != moved.GetType();
        if (isOtherKind || replaced is SimulatedDirectory { Names.Count: > 0 })
        {
            throw new DiskException(DiskError.Failed, to, "the new name is taken");
        }

        if (ReferenceEquals(source, target))
        {
            target.Change(newName, moved, oldName);
        }
        else
        {
            target.Change(newName, moved);
            source.Change(oldName, null);
            target.Sync();
            source.Sync();
        }

        return replaced;
    }

    public void LosePower(SimulatedRandom random)
    {
        LosePower(_root, random);
    }

    public IEnumerable<SimulatedInode> AllFiles() => FilesBelow(_root);

    public static IEnumerable<SimulatedInode> FilesBelow(SimulatedDirectory directory)
    {
        foreach (SimulatedEntry entry in directory.Names.Values)
        {
            if (entry is SimulatedInode inode)
            {
                yield return inode;
            }
            else if (entry is SimulatedDirectory child)
            {
                foreach (SimulatedInode below in FilesBelow(child))
                {
                    yield return below;
                }
            }
        }
    }

    public static void SyncNames(SimulatedDirectory directory)
    {
        directory.Sync();
        foreach (SimulatedEntry entry in directory.Names.Values)
        {
            if (entry is SimulatedDirectory child)
            {
                SyncNames(child);
            }
        }
    }

    private static void LosePower(SimulatedDirectory directory, SimulatedRandom random)
    {
        directory.LosePower(random);
        foreach (SimulatedEntry entry in directory.Names.Values)
        {
            if (entry is SimulatedInode inode)
            {
                inode.LosePower(random);
            }
            else if (entry is SimulatedDirectory child)
            {
                LosePower(child, random);
            }
        }
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
