using Barnabas.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Barnabas.Platform;

/// <summary>An open file on Linux: each call is one system call on the caller's thread, repeated where it fell
/// short.</summary>
internal sealed unsafe class LinuxFile(string path, SafeFileHandle handle) : IDiskFile
{
    private const int FromEnd = 2;
    private const int KeepSize = 1;
    private const int NoWait = 8;
    private const int CacheStatisticsNumber = 451;

    /// <summary>As large as the usual window of the kernel's read-ahead.</summary>
    private const int ProbeBytes = 128 * 1024;

    // What is under way, then this, and wait for it.
    private const uint WriteAndWait = 1 | 2 | 4;

    // About a millisecond of a disk's time.
    private const int WriteOutStep = 1024 * 1024;

    public string Path { get; } = path;

    /// <summary>For sendfile.</summary>
    public SafeFileHandle Handle { get; } = handle;

    public long Length
    {
        get
        {
            // All reads and writes carry their position, so moving the file's own one disturbs nobody.
            long length = Libc.Seek(Handle, 0, FromEnd);
            return length >= 0 ? length : throw DiskFailure.FromErrno(Errno.Last, "lseek", Path);
        }
    }

    public int Read(Span<byte> destination, long position)
    {
        fixed (byte* start = destination)
        {
            int done = 0;
            while (done < destination.Length)
            {
                nint count = Libc.ReadAt(Handle, start + done, (nuint)(destination.Length - done), position + done);
                if (count == 0)
                {
                    break;
                }

                if (count < 0)
                {
                    ThrowUnlessInterrupted("pread");
                    continue;
                }

                done += (int)count;
            }

            return done;
        }
    }

    public int ReadNow(Span<byte> destination, long position)
    {
        fixed (byte* start = destination)
        {
            int done = 0;
            while (done < destination.Length)
            {
                IoVector vector = new() { Start = start + done, Count = (nuint)(destination.Length - done) };
                nint count = Libc.ReadVectorAt(Handle, &vector, 1, position + done, NoWait);
                if (count == 0)
                {
                    break;
                }

                if (count > 0)
                {
                    done += (int)count;
                    continue;
                }

                switch (Errno.Last)
                {
                    // Where a page is missing the kernel has begun to read it, so it counts as cached from here on.
                    case Errno.TryAgain:
                        return IDiskFile.WouldWait;
                    case Errno.NotSupported or Errno.NotImplemented:
                        return Read(destination, position);
                    default:
                        ThrowUnlessInterrupted("preadv2");
                        break;
                }
            }

            return done;
        }
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        fixed (byte* start = source)
        {
            int done = 0;
            while (done < source.Length)
            {
                nint count = Libc.WriteAt(Handle, start + done, (nuint)(source.Length - done), position + done);
                if (count < 0)
                {
                    ThrowUnlessInterrupted("pwrite");
                    continue;
                }

                done += (int)count;
            }
        }
    }

    public void SetLength(long length)
    {
        while (Libc.Truncate(Handle, length) < 0)
        {
            ThrowUnlessInterrupted("ftruncate");
        }
    }

    public void Reserve(long length)
    {
        if (length <= 0)
        {
            return;
        }

        while (Libc.Allocate(Handle, KeepSize, 0, length) < 0)
        {
            if (Errno.Last is Errno.NotSupported or Errno.NotImplemented)
            {
                return;
            }

            ThrowUnlessInterrupted("fallocate");
        }
    }

    // fdatasync also writes a changed length, which is all of the metadata that reading the bytes back needs.
    public void Sync()
    {
        // Not repeated on EINTR: after any error the state of the dirty pages is unknown.
        if (Libc.SyncData(Handle) < 0)
        {
            throw DiskFailure.FromErrno(Errno.Last, "fdatasync", Path);
        }
    }

    public void WriteOut()
    {
        long length = Length;
        for (long position = 0; position < length; position += WriteOutStep)
        {
            if (Libc.SyncRange(Handle, position, WriteOutStep, WriteAndWait) == 0)
            {
                continue;
            }

            if (Errno.Last is Errno.NotSupported or Errno.NotImplemented)
            {
                return;
            }

            // As final as a failed sync: the kernel tells of a lost page once.
            throw DiskFailure.FromErrno(Errno.Last, "sync_file_range", Path);
        }
    }

    public bool IsResident(long position, int count)
    {
        if (count <= 0)
        {
            return true;
        }

        CacheRange range = new() { Position = (ulong)position, Count = (ulong)count };
        CacheCounts counts;
        if (Libc.CacheStatistics(CacheStatisticsNumber, Handle, &range, &counts, 0) == 0)
        {
            ulong pageSize = (ulong)Environment.SystemPageSize;
            ulong first = (ulong)position / pageSize;
            ulong last = ((ulong)position + (ulong)count - 1) / pageSize;
            ulong pages = last - first + 1;
            if (counts.Cached < pages || Math.Max(counts.Dirty, counts.WritingBack) >= pages)
            {
                return counts.Cached >= pages;
            }
        }
        else if (!CanReadNow(position))
        {
            // Before Linux 6.5, or where a sandbox forbids the call: the probes have to do.
            return false;
        }

        // A page that the device is still filling is cached too, and whoever sends it waits. Pages are filled in the
        // order of the file, a window of read-ahead at a time: its last bytes tell of the others.
        for (long at = position + ProbeBytes; at < position + count; at += ProbeBytes)
        {
            if (!CanReadNow(at - 1))
            {
                return false;
            }
        }

        return CanReadNow(position + count - 1);
    }

    public void Dispose() => Handle.Dispose();

    // True also where the file system knows no read that does not wait, as tmpfs: it cannot tell.
    private bool CanReadNow(long position)
    {
        byte scratch;
        IoVector vector = new() { Start = &scratch, Count = 1 };
        return Libc.ReadVectorAt(Handle, &vector, 1, position, NoWait) >= 0 || Errno.Last != Errno.TryAgain;
    }

    private void ThrowUnlessInterrupted(string call)
    {
        int error = Errno.Last;
        if (error != Errno.Interrupted)
        {
            throw DiskFailure.FromErrno(error, call, Path);
        }
    }
}
