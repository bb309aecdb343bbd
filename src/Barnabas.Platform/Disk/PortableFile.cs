using Barnabas.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Barnabas.Platform;

/// <summary>An open file through the class library alone.</summary>
internal sealed class PortableFile(string path, SafeFileHandle handle) : IDiskFile
{
    public string Path { get; } = path;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> destination, long position)
    {
        try
        {
            int done = 0;
            while (done < destination.Length)
            {
                int count = RandomAccess.Read(handle, destination[done..], position + done);
                if (count == 0)
                {
                    break;
                }

                done += count;
            }

            return done;
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            throw DiskFailure.FromException(failure, "read", Path);
        }
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        try
        {
            RandomAccess.Write(handle, source, position);
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            throw DiskFailure.FromException(failure, "write", Path);
        }
    }

    public void SetLength(long length)
    {
        try
        {
            RandomAccess.SetLength(handle, length);
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            throw DiskFailure.FromException(failure, "setting the length", Path);
        }
    }

    public void Reserve(long length)
    {
    }

    public void Sync()
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception failure) when (DiskFailure.IsOfFileSystem(failure))
        {
            throw DiskFailure.FromException(failure, "sync", Path);
        }
    }

    public void WriteOut()
    {
    }

    public bool IsResident(long position, int count) => true;

    public void Dispose() => handle.Dispose();
}
