using Barnabas.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Barnabas.Platform;

/// <summary>
/// The real disk through the class library alone, for systems other than Linux. Weaker in three points: the names in a
/// directory are as durable as the system makes them by itself, nothing is reserved, and every byte counts as resident.
/// </summary>
public sealed class PortableDisk : IDisk
{
    public IDiskFile Open(string path, FileOpening opening)
    {
        FileMode mode = opening switch
        {
            FileOpening.CreateOrKeep => FileMode.OpenOrCreate,
            FileOpening.CreateOrTruncate => FileMode.Create,
            _ => FileMode.Open,
        };
        FileAccess access = opening == FileOpening.Read ? FileAccess.Read : FileAccess.ReadWrite;
        return Call("open", path, () => new PortableFile(
            path, File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete)));
    }

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public long LastModifiedMs(string path) => FileTimes.LastModifiedMs(path);

    public void CreateDirectory(string path) => Call("creating directory", path, () => Directory.CreateDirectory(path));

    public void DeleteFile(string path) => Call("deleting", path, () =>
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }

        return 0;
    });

    public void DeleteDirectory(string path) => Call("deleting directory", path, () =>
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return 0;
    });

    public void Rename(string from, string to) => Call("rename", from, () =>
    {
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to, overwrite: true);
        }

        return 0;
    });

    public void SyncDirectory(string path)
    {
    }

    public IReadOnlyList<string> List(string path) => Call("listing", path, () =>
    {
        string[] names = [.. Directory.GetFileSystemEntries(path).Select(static entry => Path.GetFileName(entry))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    });

    public long FreeBytes(string path) =>
        Call("asking for free space", path, () => new DriveInfo(path).AvailableFreeSpace);

    public IDirectoryLock? TryLock(string path)
    {
        try
        {
            return new PortableLock(path, File.OpenHandle(
                Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            if (!Directory.Exists(path))
            {
                throw DiskFailure.FromException(failure, "locking", path);
            }

            return null;
        }
    }

    private static T Call<T>(string action, string path, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            throw DiskFailure.FromException(failure, action, path);
        }
    }

    private sealed class PortableLock(string path, SafeFileHandle file) : IDirectoryLock
    {
        // The class library can only sync files, so each is.
        public void SyncAll() => Call("sync", path, () =>
        {
            foreach (string name in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
            {
                if (Path.GetFileName(name) != ".lock")
                {
                    using SafeFileHandle synced = File.OpenHandle(
                        name, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                    RandomAccess.FlushToDisk(synced);
                }
            }

            return 0;
        });

        public void Dispose() => file.Dispose();
    }
}
