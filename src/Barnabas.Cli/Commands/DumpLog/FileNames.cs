using System.Globalization;

namespace Barnabas.Cli;

/// <summary>What the names of a log's files say.</summary>
internal static class FileNames
{
    /// <summary>The first offset of a segment, which all its files are named by.</summary>
    public static long BaseOffset(string file)
    {
        string name = Path.GetFileName(file);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return long.TryParse(name.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? offset
            : throw new CommandFailure($"{file} is not named by an offset");
    }

    /// <summary>Another file of the same segment.</summary>
    public static string Sibling(string file, string extension)
    {
        string name = Path.GetFileName(file);
        string segment = name[..name.IndexOf('.', StringComparison.Ordinal)];
        return Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, segment + extension);
    }
}
