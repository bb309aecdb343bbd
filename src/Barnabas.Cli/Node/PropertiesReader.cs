using Barnabas.Configuration;

namespace Barnabas.Cli;

/// <summary>Reads a properties file from disk, or says why not.</summary>
internal static class PropertiesReader
{
    /// <summary>A configuration is some kilobytes; a larger file is another file.</summary>
    private const long FileBytesMax = 4 * 1024 * 1024;

    public static PropertiesFile? TryRead(FileInfo path, TextWriter error)
    {
        try
        {
            if (path.Exists && path.Length > FileBytesMax)
            {
                error.WriteLine($"error: {path} is larger than {FileBytesMax} bytes, so it is not a configuration");
                return null;
            }

            return PropertiesFile.Parse(File.ReadAllBytes(path.FullName));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: cannot read {path}: {exception.Message}");
            return null;
        }
    }
}
