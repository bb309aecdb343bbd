using Barnabas.Kernel;

namespace Barnabas.Simulation;

/// <summary>An open file of a simulated disk. It dies with the process that opened it.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk, string path, SimulatedInode inode, bool canWrite, int process)
    : IDiskFile
{
    private bool _disposed;

    public string Path { get; } = path;

    public long Length
    {
        get
        {
            CheckUsable();
            return inode.Length;
        }
    }

    public int Read(Span<byte> destination, long position)
    {
        CheckUsable();
        return disk.Read(inode, Path, destination, position);
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        CheckWritable();
        disk.Write(inode, Path, source, position);
    }

    public void SetLength(long length)
    {
        CheckWritable();
        disk.SetLength(inode, Path, length);
    }

    public void Reserve(long length)
    {
        CheckWritable();
        disk.Reserve(inode, Path, length);
    }

    public void Sync()
    {
        CheckUsable();
        disk.Sync(inode, Path);
    }

    public void WriteOut()
    {
        CheckUsable();
        disk.WriteOut(inode, Path);
    }

    public bool IsResident(long position, int count)
    {
        CheckUsable();
        return disk.DrawResidence();
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            disk.Close(inode, process);
        }
    }

    private void CheckUsable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Invariant.That(disk.Process == process, "a file is not used by a process that has ended");
    }

    private void CheckWritable()
    {
        CheckUsable();
        if (!canWrite)
        {
            throw new DiskException(DiskError.Failed, Path, "the file is open for reading only");
        }
    }
}
