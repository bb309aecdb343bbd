namespace Barnabas.Kernel;

/// <summary>The file system refused or failed.</summary>
public sealed class DiskException(DiskError error, string path, string message, Exception? inner = null)
    : Exception($"{message} ({path})", inner)
{
    public DiskError Error { get; } = error;

    public string Path { get; } = path;

    /// <summary>A lack of something, not a defect: the same call may succeed later.</summary>
    public bool MayPass => Error is DiskError.NoSpace or DiskError.TooManyOpen;
}
