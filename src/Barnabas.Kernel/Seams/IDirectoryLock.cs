namespace Barnabas.Kernel;

/// <summary>The lock of a directory, held. Disposing gives it back; the end of the process does so too.</summary>
public interface IDirectoryLock : IDisposable
{
    /// <summary>
    /// Makes everything below the directory durable: bytes, lengths and names. One wait where many files would each
    /// cost one; but it may wait for what others write to the same file system. Blocks.
    /// </summary>
    /// <remarks>
    /// Throws <see cref="DiskException"/> if anything that was written since the lock was taken may be lost. That is
    /// final, as with <see cref="IDiskFile.Sync"/>.
    /// </remarks>
    void SyncAll();
}
