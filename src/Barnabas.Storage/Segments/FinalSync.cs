using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Syncs a file whose bytes exist nowhere else. Whatever the error is called, a failed sync is final: the kernel may
/// have dropped the dirty pages and would report success the next time.
/// </summary>
internal static class FinalSync
{
    public static void Run(IDiskFile file) => Final(file, static file => file.Sync());

    /// <summary>As much of a sync as can be done without a commit of the file system's journal.</summary>
    public static void Begin(IDiskFile file) => Final(file, static file => file.WriteOut());

    private static void Final(IDiskFile file, Action<IDiskFile> work)
    {
        try
        {
            work(file);
        }
        catch (DiskException failure) when (failure.Error != DiskError.Failed)
        {
            throw new DiskException(DiskError.Failed, file.Path, $"sync failed ({failure.Error})", failure);
        }
    }
}
