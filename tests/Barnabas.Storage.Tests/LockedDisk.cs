using Barnabas.Kernel;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

/// <summary>The simulated disk, which is made for one thread, behind a lock.</summary>
internal sealed class LockedDisk : IDisk
{
    private readonly SimulatedDisk _disk = new(7);
    private readonly Lock _gate = new();

    public IDiskFile Open(string path, FileOpening opening) =>
        Locked(() => new LockedFile(this, _disk.Open(path, opening)));

    public bool FileExists(string path) => Locked(() => _disk.FileExists(path));

    public bool DirectoryExists(string path) => Locked(() => _disk.DirectoryExists(path));

    public long LastModifiedMs(string path) => Locked(() => _disk.LastModifiedMs(path));

    public void CreateDirectory(string path) => Locked(() => _disk.CreateDirectory(path));

    public void DeleteFile(string path) => Locked(() => _disk.DeleteFile(path));

    public void DeleteDirectory(string path) => Locked(() => _disk.DeleteDirectory(path));

    public void Rename(string from, string to) => Locked(() => _disk.Rename(from, to));

    public void SyncDirectory(string path) => Locked(() => _disk.SyncDirectory(path));

    public IReadOnlyList<string> List(string path) => Locked(() => _disk.List(path));

    public long FreeBytes(string path) => _disk.FreeBytes(path);

    public IDirectoryLock? TryLock(string path) => Locked(() => _disk.TryLock(path)) is { } held
        ? new HeldLock(this, held)
        : null;

    private T Locked<T>(Func<T> call)
    {
        lock (_gate)
        {
            return call();
        }
    }

    private void Locked(Action call)
    {
        lock (_gate)
        {
            call();
        }
    }

    private sealed class HeldLock(LockedDisk disk, IDirectoryLock held) : IDirectoryLock
    {
        public void SyncAll() => disk.Locked(held.SyncAll);

        public void Dispose() => disk.Locked(held.Dispose);
    }

    private sealed class LockedFile(LockedDisk disk, IDiskFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long Length => disk.Locked(() => file.Length);

        public int Read(Span<byte> destination, long position)
        {
            lock (disk._gate)
            {
                return file.Read(destination, position);
            }
        }

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            lock (disk._gate)
            {
                file.Write(source, position);
            }
        }

        public void SetLength(long length) => disk.Locked(() => file.SetLength(length));

        public void Reserve(long length) => disk.Locked(() => file.Reserve(length));

        public void Sync() => disk.Locked(file.Sync);

        public void WriteOut() => disk.Locked(file.WriteOut);

        public bool IsResident(long position, int count) => file.IsResident(position, count);

        public void Dispose() => disk.Locked(file.Dispose);
    }
}
