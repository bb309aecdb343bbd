using Barnabas.Kernel;
using Barnabas.Simulation;

namespace Barnabas.Storage.Tests;

/// <summary>The simulated disk, of whose bytes none lie in memory when the test says so.</summary>
internal sealed class ColdDisk : IDisk
{
    private readonly SimulatedDisk _disk = new(3);

    public bool IsCold { get; set; }

    public IDiskFile Open(string path, FileOpening opening) => new ColdFile(this, _disk.Open(path, opening));

    public bool FileExists(string path) => _disk.FileExists(path);

    public bool DirectoryExists(string path) => _disk.DirectoryExists(path);

    public long LastModifiedMs(string path) => _disk.LastModifiedMs(path);

    public void CreateDirectory(string path) => _disk.CreateDirectory(path);

    public void DeleteFile(string path) => _disk.DeleteFile(path);

    public void DeleteDirectory(string path) => _disk.DeleteDirectory(path);

    public void Rename(string from, string to) => _disk.Rename(from, to);

    public void SyncDirectory(string path) => _disk.SyncDirectory(path);

    public IReadOnlyList<string> List(string path) => _disk.List(path);

    public long FreeBytes(string path) => _disk.FreeBytes(path);

    public IDirectoryLock? TryLock(string path) => _disk.TryLock(path);

    private sealed class ColdFile(ColdDisk disk, IDiskFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position) => file.Write(source, position);

        public void SetLength(long length) => file.SetLength(length);

        public void Reserve(long length) => file.Reserve(length);

        public void Sync() => file.Sync();

        public void WriteOut() => file.WriteOut();

        public bool IsResident(long position, int count) => !disk.IsCold;

        public void Dispose() => file.Dispose();
    }
}
