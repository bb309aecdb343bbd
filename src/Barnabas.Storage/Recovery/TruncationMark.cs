using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// A file that lies in a partition's directory while its log is cut off. If the process is killed meanwhile, files are
/// shorter and names gone in the page cache alone: the next life makes that durable before it appends anything, lest
/// a loss of power brings what was cut off back among new records. Apache Kafka removes the file by its suffix.
/// </summary>
internal static class TruncationMark
{
    public const string Name = "truncation" + SegmentFileNames.Deleted;

    /// <summary>
    /// Before the first change. A disk without room does not keep a log from being cut off: the mark only matters if a
    /// kill and a loss of power follow each other.
    /// </summary>
    public static void Set(IDisk disk, string directory)
    {
        try
        {
            disk.Open(PathIn(directory), FileOpening.CreateOrKeep).Dispose();
        }
        catch (DiskException failure) when (failure.MayPass)
        {
        }
    }

    /// <summary>After the last change: makes them durable. Blocks on the device.</summary>
    /// <param name="last">The segment in which the log ends now.</param>
    public static void Clear(IDisk disk, string directory, Segment last)
    {
        last.SyncRecords();
        disk.SyncDirectory(directory);
        disk.DeleteFile(PathIn(directory));
    }

    private static string PathIn(string directory) => $"{directory}/{Name}";
}
