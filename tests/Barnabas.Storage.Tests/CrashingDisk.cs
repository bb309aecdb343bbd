using Barnabas.Kernel;

namespace Barnabas.Storage.Tests;

/// <summary>
/// A disk under which everything stops at a chosen call that changes something. A write may have been done in part;
/// after that no call comes through.
/// </summary>
internal sealed class CrashingDisk(IDisk inner, int crashAt, Random random) : IDisk
{
    public int Changes { get; private set; }

    /// <summary>The call, counted from 1, at which everything stops.</summary>
    public int CrashAt { get; set; } = crashAt;

    public bool HasCrashed { get; private set; }

    /// <summary>Told of each call that changes something.</summary>
    public Action? BeforeChange { get; set; }

    /// <summary>What others do in the moment before everything is synced.</summary>
    public Action? BeforeSyncAll { get; set; }

    public string BootId => inner.BootId;

    public IDiskFile Open(string path, FileOpening opening)
    {
        bool changes = opening is FileOpening.CreateOrTruncate or FileOpening.CreateOrKeep;
        return new CrashingFile(this, Change(() => inner.Open(path, opening), counts: changes));
    }

    public bool FileExists(string path) => Change(() => inner.FileExists(path), counts: false);

    public bool DirectoryExists(string path) => Change(() => inner.DirectoryExists(path), counts: false);

    public long LastModifiedMs(string path) => inner.LastModifiedMs(path);

    public void CreateDirectory(string path) => Change(() => inner.CreateDirectory(path));

    public void DeleteFile(string path) => Change(() => inner.DeleteFile(path));

    public void DeleteDirectory(string path) => Change(() => inner.DeleteDirectory(path));

    public void Rename(string from, string to) => Change(() => inner.Rename(from, to));

    public void SyncDirectory(string path) => Change(() => inner.SyncDirectory(path));

    public IReadOnlyList<string> List(string path) => inner.List(path);

    public long FreeBytes(string path) => inner.FreeBytes(path);

    public IDirectoryLock? TryLock(string path) =>
        inner.TryLock(path) is { } held ? new CrashingLock(this, held) : null;

    private void Change(Action change) => Change(
        () =>
        {
            change();
            return true;
        },
        counts: true);

    private T Change<T>(Func<T> change, bool counts)
    {
        if (counts)
        {
            BeforeChange?.Invoke();
        }

        if (HasCrashed || (counts && ++Changes == CrashAt))
        {
            HasCrashed = true;
            throw new PowerLossException();
        }

        return change();
    }

    private sealed class CrashingLock(CrashingDisk disk, IDirectoryLock held) : IDirectoryLock
    {
        public void SyncAll()
        {
            disk.BeforeSyncAll?.Invoke();
            disk.Change(held.SyncAll);
        }

        public void Dispose() => held.Dispose();
    }

    private sealed class CrashingFile(CrashingDisk disk, IDiskFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            byte[] bytes = source.ToArray();
            try
            {
                disk.Change(() => { });
            }
            catch (PowerLossException)
            {
                file.Write(bytes.AsSpan(0, disk.NextPart(bytes.Length)), position);
                throw;
            }

            file.Write(bytes, position);
        }

        public void SetLength(long length) => disk.Change(() => file.SetLength(length));

        public void Reserve(long length) => disk.Change(() => file.Reserve(length));

        public void Sync() => disk.Change(file.Sync);

        public void WriteOut() => disk.Change(file.WriteOut);

        public bool IsResident(long position, int count) => file.IsResident(position, count);

        public void Dispose() => file.Dispose();
    }

    private int NextPart(int length) => random.Next(length + 1);
}
