using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>What the file system knows of a file's age.</summary>
internal static class FileTimes
{
    public static long LastModifiedMs(string path)
    {
        FileInfo file = new(path);
        try
        {
            return file.Exists
                ? new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds()
                : throw new DiskException(DiskError.NotFound, path, "the file does not exist");
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            throw DiskFailure.FromException(failure, "asking for the last change", path);
        }
    }
}
