using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// Replies on their way out: bytes, and between them regions of log files that the kernel sends by itself. Filled and
/// sent by one reactor; pooled there. Not thread-safe.
/// </summary>
internal sealed class OutputBuffer
{
    /// <summary>
    /// A region up to this size is copied between the bytes around it: one call sends them all, where a region of its
    /// own takes three.
    /// </summary>
    public const int CopiedBytesMax = 8 * 1024;

    /// <summary>So much of a reply may be copied; many small regions must not fill the memory.</summary>
    private const int CopiedOfFrameMax = 64 * 1024;

    private FileMark[] _files = [];
    private int _fileCount;
    private int _frameStart;
    private long _frameFileBytes;
    private int _frameCopied;

    private int _sent;
    private int _nextFile;
    private int _sentOfFile;

    /// <summary>
    /// What is written into it goes out in order, with the files at the places where they were appended.
    /// </summary>
    public ReplyBuffer Bytes { get; } = new();

    /// <summary>Bytes held in memory that are still to be sent; file regions cost no memory.</summary>
    public int MemoryBytes => Bytes.Length - _sent;

    /// <summary>The next buffer of the same connection.</summary>
    public OutputBuffer? Next { get; set; }

    /// <summary>Starts a reply: room for its length, and its header.</summary>
    public void BeginFrame(int correlationId, short responseHeaderVersion)
    {
        _frameStart = Bytes.BeginFrame(correlationId, responseHeaderVersion);
        _frameFileBytes = 0;
        _frameCopied = 0;
    }

    /// <summary>Ends the reply begun last; returns how many bytes of it lie in memory.</summary>
    public int EndFrame()
    {
        Bytes.EndFrame(_frameStart, _frameFileBytes);
        return Bytes.Length - _frameStart;
    }

    /// <summary>Puts a region of a file next; the buffer releases the file when it is sent or cleared.</summary>
    public void AppendFile(FileRegion region)
    {
        if (region.Count <= CopiedBytesMax && _frameCopied <= CopiedOfFrameMax - region.Count && TryCopy(region))
        {
            _frameCopied += region.Count;
            region.File.Release();
            return;
        }

        if (_fileCount == _files.Length)
        {
            Array.Resize(ref _files, Math.Max(8, _files.Length * 2));
        }

        _files[_fileCount++] = new FileMark(Bytes.Length, region);
        _frameFileBytes += region.Count;
    }

    /// <summary>
    /// Sends as much as the peer takes. <see cref="IoStatus.Done"/> means everything has gone; after
    /// <see cref="IoStatus.WouldBlock"/> the same call goes on where it stopped. A file that ended before its region
    /// did cannot be repaired in the middle of a reply: <see cref="IoStatus.Closed"/>.
    /// </summary>
    public IoStatus SendTo(IConnection connection)
    {
        while (true)
        {
            int end = _nextFile < _fileCount ? _files[_nextFile].At : Bytes.Length;
            while (_sent < end)
            {
                IoResult result = connection.Send(
                    Bytes.Written.Span[_sent..end], more: _nextFile < _fileCount);
                if (result.Status != IoStatus.Done)
                {
                    return result.Status;
                }

                _sent += result.Count;
            }

            if (_nextFile == _fileCount)
            {
                return IoStatus.Done;
            }

            IoStatus sent = SendFile(connection, _files[_nextFile].Region);
            if (sent != IoStatus.Done)
            {
                return sent;
            }

            _files[_nextFile].Region.File.Release();
            _nextFile++;
            _sentOfFile = 0;
        }
    }

    /// <summary>Forgets everything and releases the files that were not sent.</summary>
    public void Clear()
    {
        for (int i = _nextFile; i < _fileCount; i++)
        {
            _files[i].Region.File.Release();
        }

        // The marks keep segments alive for the collector; drop them.
        Array.Clear(_files, 0, _fileCount);
        Bytes.Reset();
        _fileCount = 0;
        _sent = 0;
        _nextFile = 0;
        _sentOfFile = 0;
        Next = null;
    }

    /// <summary>False, with nothing done, if the bytes are not in memory or cannot be read.</summary>
    private bool TryCopy(FileRegion region)
    {
        Span<byte> copy = Bytes.Reserve(region.Count);
        try
        {
            if (region.File.File.ReadNow(copy, region.Position) == region.Count)
            {
                return true;
            }
        }
        catch (DiskException)
        {
            // It is sent as a file then, and whoever sends it meets the failure and reports it.
        }

        Bytes.GiveBack(region.Count);
        return false;
    }

    private IoStatus SendFile(IConnection connection, FileRegion region)
    {
        while (_sentOfFile < region.Count)
        {
            IoResult result = connection.SendFile(
                region.File.File,
                region.Position + _sentOfFile,
                region.Count - _sentOfFile);
            if (result.Status != IoStatus.Done)
            {
                return result.Status;
            }

            if (result.Count == 0)
            {
                return IoStatus.Closed;
            }

            _sentOfFile += result.Count;
        }

        return IoStatus.Done;
    }

    private readonly record struct FileMark(int At, FileRegion Region);
}
