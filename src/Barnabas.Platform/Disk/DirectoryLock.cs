using Microsoft.Win32.SafeHandles;

namespace Barnabas.Platform;

/// <summary>
/// An open-file-description lock on a whole file. It excludes a second holder in this process, which classic record
/// locks do not, and it excludes the record locks that Apache Kafka's JVM takes on the same file, which <c>flock</c>
/// does not. Closing the file gives it back.
/// </summary>
internal static class DirectoryLock
{
    private const int SetDescriptionLock = 37;
    private const short Exclusive = 1;

    public static unsafe bool TryTake(SafeFileHandle file, string path)
    {
        FileLock wholeFile = new() { Type = Exclusive };
        if (Libc.SetLock(file, SetDescriptionLock, &wholeFile) == 0)
        {
            return true;
        }

        int error = Errno.Last;
        if (error is Errno.TryAgain or Errno.AccessDenied)
        {
            return false;
        }

        file.Dispose();
        throw DiskFailure.FromErrno(error, "locking", path);
    }
}
