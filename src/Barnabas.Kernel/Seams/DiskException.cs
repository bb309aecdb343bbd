namespace Barnabas.Kernel;

/// <summary>The file system refused or failed.</summary>
public sealed class DiskException(DiskError error, string path, string message, Exception? inner = null)
    : Exception($"{message} ({path})", inner)
{
    public DiskError Error { get; } = error;

    public string Path { get; } = path;
}
