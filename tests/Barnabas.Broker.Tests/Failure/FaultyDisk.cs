using Barnabas.Kernel;

namespace Barnabas.Broker.Tests;

/// <summary>The real disk, that is full or breaks when the test says so, for files whose path holds a word.</summary>
/// <param name="before">What the test said of the disk in an earlier life of the node holds on.</param>
internal sealed class FaultyDisk(IDisk real, FaultyDisk? before = null) : IDisk
{
    private volatile string? _fullFor = before?._fullFor;
    private volatile string? _brokenFor = before?._brokenFor;
    private int _refusals;
    private long _reads;

    public string BootId => real.BootId;

    /// <summary>Writes to such files find no space; null: all is well.</summary>
    public string? FullFor
    {
        get => _fullFor;
        set => _fullFor = value;
    }

    /// <summary>How often there was no space.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>Reading and writing such files fails.</summary>
    public string? BrokenFor
    {
        get => _brokenFor;
        set => _brokenFor = value;
    }

    /// <summary>How often segment files of partitions were read so far.</summary>
    public long SegmentReads => Volatile.Read(ref _reads);

    public IDiskFile Open(string path, FileOpening opening) => new FaultyFile(this, real.Open(path, opening));

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

    public IDirectoryLock? TryLock(string path) => real.TryLock(path);

    private void CheckSpace(string path)
    {
        if (_fullFor is { } word && path.Contains(word, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _refusals);
            throw new DiskException(DiskError.NoSpace, path, "no space left on device");
        }
    }

    private void CheckHealth(string path)
    {
        if (_brokenFor is { } word && path.Contains(word, StringComparison.Ordinal))
        {
            throw new DiskException(DiskError.Failed, path, "input/output error");
        }
    }

    private sealed class FaultyFile(FaultyDisk disk, IDiskFile real) : IDiskFile
    {
        public string Path => real.Path;

        public long Length => real.Length;

        public int Read(Span<byte> destination, long position)
        {
            disk.CheckHealth(Path);
            if (Path.EndsWith(".log", StringComparison.Ordinal) && !Path.Contains("__", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref disk._reads);
            }

            return real.Read(destination, position);
        }

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            disk.CheckHealth(Path);
            disk.CheckSpace(Path);
            real.Write(source, position);
        }

        public void SetLength(long length) => real.SetLength(length);

        public void Reserve(long length)
        {
            disk.CheckSpace(Path);
            real.Reserve(length);
        }

        public void Sync()
        {
            disk.CheckHealth(Path);
            real.Sync();
        }

        public void WriteOut()
        {
            disk.CheckHealth(Path);
            real.WriteOut();
        }

        public bool IsResident(long position, int count) => real.IsResident(position, count);

        public void Dispose() => real.Dispose();
    }
}
