using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Replaces small files so that a crash at any step leaves the old or the new content: temporary file, sync, rename,
/// sync of the directory.
/// </summary>
internal static class AtomicFile
{
    public const string TemporarySuffix = ".tmp";

    // Checkpoints grow with partitions: 200,000 partitions of 100 bytes each are 20 MB. Anything beyond is not ours.
    private const int LengthMax = 256 * 1024 * 1024;

    public static void Write(IDisk disk, string directory, string name, ReadOnlySpan<byte> content)
    {
        WriteTemporary(disk, directory, name, content, sync: true);
        PutInPlace(disk, directory, name);
        disk.SyncDirectory(directory);
    }

    /// <summary>The temporary file alone, for who makes many durable by one sync and then puts them in place.</summary>
    public static void Prepare(IDisk disk, string directory, string name, ReadOnlySpan<byte> content) =>
        WriteTemporary(disk, directory, name, content, sync: false);

    /// <summary>The rename alone; the bytes must be durable.</summary>
    public static void PutInPlace(IDisk disk, string directory, string name)
    {
        string path = $"{directory}/{name}";
        disk.Rename(path + TemporarySuffix, path);
    }

    /// <summary>The content, or null if there is no such file.</summary>
    public static byte[]? TryRead(IDisk disk, string path) => disk.FileExists(path) ? Read(disk, path) : null;

    /// <summary>The content of a file that is known to be there.</summary>
    public static byte[] Read(IDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, FileOpening.Read);
        long length = file.Length;
        if (length > LengthMax)
        {
            throw new CheckpointFormatException($"{path}: {length} bytes are more than the {LengthMax} allowed");
        }

        var content = new byte[length];
        int read = file.Read(content, 0);
        return read == content.Length ? content : content[..read];
    }

    private static void WriteTemporary(
        IDisk disk, string directory, string name, ReadOnlySpan<byte> content, bool sync)
    {
        using IDiskFile file = disk.Open($"{directory}/{name}{TemporarySuffix}", FileOpening.CreateOrTruncate);
        file.Write(content, 0);
        if (sync)
        {
            file.Sync();
        }
    }
}
