using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Finishes what a crash interrupted in Kafka's cleaner: the cleaned segments (<c>.swap</c>) replace those whose
/// offsets they cover. If an unfinished output (<c>.cleaned</c>) begins at or below them, they belong to a split that
/// was not complete and are dropped.
/// </summary>
internal static class InterruptedSwap
{
    public static void Complete(IDisk disk, string directory, PartitionFiles files)
    {
        Offset? unfinished = LowestCleaned(files.Leftovers);
        foreach (Offset swap in files.Swaps)
        {
            if (unfinished is { } lowest && swap >= lowest)
            {
                DeleteSwap(disk, directory, swap);
                continue;
            }

            string log = SegmentFileNames.PathOf(directory, swap, SegmentFileNames.Log);
            Offset end = EndOf(disk, log + SegmentFileNames.Swap);
            foreach (Offset covered in files.Segments)
            {
                if (covered >= swap && covered < Offset.Max(end, swap + 1))
                {
                    DeleteSegment(disk, directory, covered);
                }
            }

            foreach (string suffix in SegmentFileNames.Owned)
            {
                string path = SegmentFileNames.PathOf(directory, swap, suffix);
                if (disk.FileExists(path + SegmentFileNames.Swap))
                {
                    disk.Rename(path + SegmentFileNames.Swap, path);
                }
            }
        }

        disk.SyncDirectory(directory);
    }

    private static Offset? LowestCleaned(List<string> leftovers)
    {
        Offset? lowest = null;
        foreach (string name in leftovers)
        {
            if (SegmentFileNames.TryParse(name, SegmentFileNames.Log + SegmentFileNames.Cleaned, out Offset baseOffset)
                && (lowest is null || baseOffset < lowest))
            {
                lowest = baseOffset;
            }
        }

        return lowest;
    }

    private static Offset EndOf(IDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, FileOpening.Read);
        var scanner = new BatchScanner(file, new byte[64 * 1024], 0, file.Length);
        Offset end = Offset.Zero;
        while (scanner.MoveNext())
        {
            end = scanner.Current.NextOffset;
        }

        return end;
    }

    private static void DeleteSwap(IDisk disk, string directory, Offset baseOffset)
    {
        foreach (string suffix in SegmentFileNames.Owned)
        {
            disk.DeleteFile(SegmentFileNames.PathOf(directory, baseOffset, suffix + SegmentFileNames.Swap));
        }
    }

    private static void DeleteSegment(IDisk disk, string directory, Offset baseOffset)
    {
        foreach (string suffix in SegmentFileNames.Owned)
        {
            disk.DeleteFile(SegmentFileNames.PathOf(directory, baseOffset, suffix));
        }
    }
}
