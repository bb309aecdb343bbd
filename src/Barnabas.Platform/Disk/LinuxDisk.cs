using System.IO.Enumeration;

using Barnabas.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Barnabas.Platform;

/// <summary>
/// The real disk on Linux, by system calls: <c>fdatasync</c>, the fsync of directories and locks that Apache Kafka
/// respects have no counterpart in the class library.
/// </summary>
public sealed class LinuxDisk : IDisk
{
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int Empty = 0x200;
    private const int CloseOnExec = 0x80000;
    private const int OpenFiles = 7;

    // rw-r--r--, as the JVM makes Kafka's files.
    private const int FileMode = 0b110_100_100;
    private const int DirectoryMode = 0b111_111_111;

    // Hidden names too, and a failure is an exception.
    private static readonly EnumerationOptions AllEntries =
        new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>The kernel draws it at each boot; a process in a container sees its host's.</summary>
    public string BootId { get; } = ReadBootId();

    /// <summary>The runtime has raised it as far as it may go.</summary>
    public int OpenFilesMax { get; } = ReadOpenFilesMax();

    public IDiskFile Open(string path, FileOpening opening)
    {
        int flags = opening switch
        {
            FileOpening.Read => ReadOnly,
            FileOpening.ReadWrite => ReadWrite,
            FileOpening.CreateOrKeep => ReadWrite | Create,
            _ => ReadWrite | Create | Empty,
        };
        return new LinuxFile(path, OpenHandle(path, flags));
    }

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public long LastModifiedMs(string path) => FileTimes.LastModifiedMs(path);

    public void CreateDirectory(string path)
    {
        // One call in the usual case; the class library looks around before it makes the directory.
        if (Libc.MakeDirectory(path, DirectoryMode) < 0)
        {
            ThroughClassLibrary("creating directory", path, static path => Directory.CreateDirectory(path));
        }
    }

    public void DeleteFile(string path)
    {
        if (Libc.Unlink(path) < 0 && Errno.Last is var error && error != Errno.NoEntry)
        {
            throw DiskFailure.FromErrno(error, "unlink", path);
        }
    }

    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            ThroughClassLibrary("deleting directory", path, static path => Directory.Delete(path, recursive: true));
        }
    }

    public void Rename(string from, string to)
    {
        if (Libc.Rename(from, to) < 0)
        {
            throw DiskFailure.FromErrno(Errno.Last, "rename", from);
        }
    }

    public void SyncDirectory(string path)
    {
        using SafeFileHandle directory = OpenHandle(path, ReadOnly);
        if (Libc.Sync(directory) < 0)
        {
            throw DiskFailure.FromErrno(Errno.Last, "fsync", path);
        }
    }

    public IReadOnlyList<string> List(string path)
    {
        try
        {
            FileSystemEnumerable<string> entries = new(
                path, static (ref FileSystemEntry entry) => entry.FileName.ToString(), AllEntries);
            string[] names = [.. entries];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            throw DiskFailure.FromException(failure, "listing", path);
        }
    }

    public long FreeBytes(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            throw DiskFailure.FromException(failure, "asking for free space", path);
        }
    }

    public IDirectoryLock? TryLock(string path)
    {
        string file = Path.Combine(path, ".lock");
        return DirectoryLock.TryTake(OpenHandle(file, ReadWrite | Create), file);
    }

    private static string ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static unsafe int ReadOpenFilesMax()
    {
        ResourceLimit limit;
        return Libc.GetLimit(OpenFiles, &limit) == 0 ? (int)Math.Min(limit.Current, int.MaxValue) : int.MaxValue;
    }

    private static SafeFileHandle OpenHandle(string path, int flags)
    {
        int descriptor;
        while ((descriptor = Libc.Open(path, flags | CloseOnExec, FileMode)) < 0)
        {
            int error = Errno.Last;
            if (error != Errno.Interrupted)
            {
                throw DiskFailure.FromErrno(error, "open", path);
            }
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void ThroughClassLibrary(string action, string path, Action<string> call)
    {
        try
        {
            call(path);
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            throw DiskFailure.FromException(failure, action, path);
        }
    }
}
