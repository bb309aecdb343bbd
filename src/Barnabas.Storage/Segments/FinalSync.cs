using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Syncs a file whose bytes exist nowhere else. Whatever the error is called, a failed sync is final: the kernel may
/// have dropped the dirty pages and would report success the next time.
/// </summary>
internal static class FinalSync
{
    public static void Run(IDiskFile file)
    {
        try
        {
            file.Sync();
        }
        catch (DiskException failure) when (failure.Error != DiskError.Failed)
        {
            throw new DiskException(DiskError.Failed, file.Path, $"sync failed ({failure.Error})", failure);
        }
    }
}
