using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>What an error of the system means to the callers of <see cref="IDisk"/>.</summary>
internal static class DiskFailure
{
    private const int NotUnixMask = unchecked((int)0x8000_0000);

    public static DiskException FromErrno(int error, string action, string path) =>
        new(Classify(error), path, $"{action} failed: {Errno.Text(error)}");

    /// <summary>For calls made through the class library, whose exceptions carry the error number on Unix.</summary>
    public static DiskException FromException(Exception failure, string action, string path)
    {
        DiskError error = failure switch
        {
            FileNotFoundException or DirectoryNotFoundException or DriveNotFoundException => DiskError.NotFound,
            UnauthorizedAccessException => DiskError.NotPermitted,
            IOException io when (io.HResult & NotUnixMask) == 0 => Classify(io.HResult),
            _ => DiskError.Failed,
        };
        return new DiskException(error, path, $"{action} failed: {failure.Message}", failure);
    }

    public static bool IsOfFileSystem(Exception failure) => failure is IOException or UnauthorizedAccessException;

    private static DiskError Classify(int error) => error switch
    {
        Errno.NoSpace or Errno.QuotaExceeded or Errno.FileTooBig => DiskError.NoSpace,
        Errno.NoEntry => DiskError.NotFound,
        Errno.TooManyOpen or Errno.TooManyOpenInSystem => DiskError.TooManyOpen,
        Errno.ReadOnlyFileSystem or Errno.AccessDenied or Errno.NotPermitted => DiskError.NotPermitted,
        _ => DiskError.Failed,
    };
}
