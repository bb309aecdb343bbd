using System.Collections.Concurrent;
using Barnabas.Kernel;

namespace Barnabas.Broker.Tests;

/// <summary>
/// The real disk, whose locks the test can take away: what the end of a process does, and a node that was only
/// abandoned does not.
/// </summary>
internal sealed class KillableDisk(IDisk real) : IDisk
{
    private readonly ConcurrentBag<IDisposable> _locks = [];

    public string BootId => real.BootId;

    public void ReleaseLocks()
    {
        while (_locks.TryTake(out IDisposable? held))
        {
            held.Dispose();
        }
    }

    public IDiskFile Open(string path, FileOpening opening) => real.Open(path, opening);

    public bool FileExists(string path) => real.FileExists(path);

    public bool DirectoryExists(string path) => real.DirectoryExists(path);

    public long LastModifiedMs(string path) => real.LastModifiedMs(path);

    public void CreateDirectory(string path) => real.CreateDirectory(path);

    public void DeleteFile(string path) => real.DeleteFile(path);

    public void DeleteDirectory(string path) => real.DeleteDirectory(path);

    public void Rename(string from, string to) => real.Rename(from, to);

    public void SyncDirectory(string path) => real.SyncDirectory(path);

    public IReadOnlyList<string> List(string path) => real.List(path);

    public long FreeBytes(string path) => real.FreeBytes(path);

    public IDirectoryLock? TryLock(string path)
    {
        IDirectoryLock? held = real.TryLock(path);
        if (held is not null)
        {
            _locks.Add(held);
        }

        return held;
    }
}
