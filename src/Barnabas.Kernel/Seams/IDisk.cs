namespace Barnabas.Kernel;

/// <summary>
/// Files and directories. All calls block and throw <see cref="DiskException"/> on failure. A new or renamed name is
/// durable only after <see cref="SyncDirectory"/> of the directory that holds it. Paths are absolute. From any thread.
/// </summary>
public interface IDisk
{
    /// <summary>
    /// Names the present life of the machine: while it is the same, what was written is still readable, synced or not.
    /// Empty if that cannot be known; then nothing unsynced is to be believed after a restart.
    /// </summary>
    string BootId => "";

    /// <summary>How many files and connections the process may have open.</summary>
    int OpenFilesMax => int.MaxValue;

    IDiskFile Open(string path, FileOpening opening);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>When a file was last written, in milliseconds since 1970.</summary>
    long LastModifiedMs(string path);

    /// <summary>Makes the directory and those above it; harmless if it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>Removes a name; harmless if it is not there. Open files stay readable until they are
    /// disposed.</summary>
    void DeleteFile(string path);

    /// <summary>Removes a directory and all it holds; harmless if it is not there.</summary>
    void DeleteDirectory(string path);

    /// <summary>Atomically gives a file or directory a new name, replacing a file of that name.</summary>
    void Rename(string from, string to);

    /// <summary>Makes the names in this directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>The names (not paths) in a directory, in ordinal order.</summary>
    IReadOnlyList<string> List(string path);

    /// <summary>Bytes that can still be written below this path.</summary>
    long FreeBytes(string path);

    /// <summary>
    /// Takes the lock of a directory (Kafka's <c>.lock</c>), so that two nodes never share one. Null if another process
    /// holds it.
    /// </summary>
    IDirectoryLock? TryLock(string path);
}
