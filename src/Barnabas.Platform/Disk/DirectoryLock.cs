using Barnabas.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Barnabas.Platform;

/// <summary>
/// An open-file-description lock on a whole file. It excludes a second holder in this process, which classic record
/// locks do not, and it excludes the record locks that Apache Kafka's JVM takes on the same file, which <c>flock</c>
/// does not. Closing the file gives it back.
/// </summary>
internal sealed class DirectoryLock : IDirectoryLock
{
    private const int SetDescriptionLock = 37;
    private const short Exclusive = 1;

    private readonly SafeFileHandle _file;
    private readonly string _path;

    private DirectoryLock(SafeFileHandle file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>Null if somebody else holds it; the file is closed unless it is locked.</summary>
    public static unsafe DirectoryLock? TryTake(SafeFileHandle file, string path)
    {
        FileLock wholeFile = new() { Type = Exclusive };
        if (Libc.SetLock(file, SetDescriptionLock, &wholeFile) == 0)
        {
            return new DirectoryLock(file, path);
        }

        int error = Errno.Last;
        file.Dispose();
        return error is Errno.TryAgain or Errno.AccessDenied
            ? null
            : throw DiskFailure.FromErrno(error, "locking", path);
    }

    // The kernel reports through a descriptor what failed since that was opened (Linux 5.8): this one has been open
    // from before the first write.
    public void SyncAll()
    {
        if (Libc.SyncFileSystem(_file) < 0)
        {
            throw DiskFailure.FromErrno(Errno.Last, "syncfs", _path);
        }
    }

    public void Dispose() => _file.Dispose();
}
