using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The segments of one log: an immutable array that is replaced as a whole. There is always at least one; the last is
/// the active one. One writer, any readers.
/// </summary>
internal sealed class SegmentStore
{
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly ILogHost _host;
    private Segment[] _segments;

    // Out of the list, but perhaps not yet out of the way.
    private Segment[] _taken = [];

    public SegmentStore(IDisk disk, string directory, ILogHost host, Segment[] segments)
    {
        Invariant.That(segments.Length > 0);
        _disk = disk;
        _directory = directory;
        _host = host;
        _segments = segments;
    }

    /// <summary>Oldest first, by base offset.</summary>
    public Segment[] All => Volatile.Read(ref _segments);

    public Segment Active => All[^1];

    /// <summary>Where the first segment begins whose files have their names still.</summary>
    public Offset FirstNamed =>
        Volatile.Read(ref _taken) is [Segment oldest, ..] ? oldest.BaseOffset : All[0].BaseOffset;

    public long SizeInBytes
    {
        get
        {
            long size = 0;
            foreach (Segment segment in All)
            {
                size += segment.Size;
            }

            return size;
        }
    }

    /// <summary>Index of the last segment whose base offset is at or below this offset; -1 if there is none.</summary>
    public static int Floor(Segment[] segments, Offset offset)
    {
        int low = 0;
        int high = segments.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (segments[middle].BaseOffset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    /// <summary>
    /// Begins a new active segment. The one before is sealed first; if that fails nothing has changed.
    /// </summary>
    public Segment Roll(Offset baseOffset, LogConfig config, long nowMs, long jitterMs)
    {
        Segment[] segments = _segments;
        // No two segments share files: a flush under way may hold the one before.
        Invariant.That(segments[^1].BaseOffset < baseOffset);
        segments[^1].Seal();
        Segment active = Segment.Create(_disk, _directory, _host.OpenSegments, baseOffset, config, nowMs, jitterMs);
        Volatile.Write(ref _segments, [.. segments, active]);
        return active;
    }

    /// <summary>Takes the oldest segments out; their files wait for <see cref="RemoveTaken"/>.</summary>
    public void TakeOldest(int count)
    {
        Segment[] segments = _segments;
        Invariant.That(count < segments.Length);
        lock (this)
        {
            _taken = [.. _taken, .. segments.AsSpan(0, count)];
        }

        Volatile.Write(ref _segments, segments[count..]);
    }

    /// <summary>
    /// Files of segments that were taken out get names of deleted ones and go later. The one part of the writer's
    /// business that may be done outside of the gate. False if there was nothing to do.
    /// </summary>
    public bool RemoveTaken(long dueMs)
    {
        // Its own monitor: a lock for each partition would be memory for what hardly ever meets.
        lock (this)
        {
            bool isAny = _taken.Length > 0;
            foreach (Segment segment in _taken)
            {
                Delete(segment, dueMs);
            }

            _taken = [];
            return isAny;
        }
    }

    /// <summary>Takes out the segments from an index on. At least one must stay.</summary>
    public void RemoveNewest(int fromIndex, long dueMs)
    {
        Segment[] segments = _segments;
        Invariant.That(fromIndex > 0);
        Volatile.Write(ref _segments, segments[..fromIndex]);
        for (int i = segments.Length - 1; i >= fromIndex; i--)
        {
            // From the newest on, so that a crash in between leaves no gap.
            Delete(segments[i], dueMs);
        }
    }

    /// <summary>Replaces everything by an empty segment.</summary>
    public void StartAt(Offset baseOffset, LogConfig config, long nowMs, long dueMs)
    {
        // From here on there may be new files of their names.
        RemoveTaken(dueMs);
        Segment[] old = _segments;
        var active = new Segment(
            _disk, _directory, _host.OpenSegments, baseOffset, 0, config.IndexIntervalBytes, nowMs);
        // Before the files go, so that readers who find one gone see that the list is another one.
        Volatile.Write(ref _segments, [active]);
        foreach (Segment segment in old)
        {
            segment.Retire();
        }

        // The new file before the old ones go: at any moment there is one to say where the log begins.
        _disk.DeleteFile(SegmentFileNames.PathOf(_directory, baseOffset, SegmentFileNames.TransactionIndex));
        active.MakeFile();
        foreach (Segment segment in old)
        {
            if (segment.BaseOffset != baseOffset)
            {
                Delete(segment, dueMs);
            }
        }
    }

    /// <summary>See <see cref="TruncationMark"/>.</summary>
    public void MarkTruncation() => TruncationMark.Set(_disk, _directory);

    /// <summary>What was cut off is durably gone.</summary>
    public void FinishTruncation()
    {
        try
        {
            TruncationMark.Clear(_disk, _directory, Active);
        }
        catch (DiskException failure) when (failure.MayPass)
        {
            // Too many open files. The mark stays, and the next flush syncs what this could not.
        }
    }

    public void ReleaseFiles()
    {
        foreach (Segment segment in All)
        {
            segment.ReleaseFile();
        }
    }

    private void Delete(Segment segment, long dueMs)
    {
        // Readers that hold the file keep it; those that come later find the name gone and ask again.
        segment.Retire();
        foreach (string suffix in SegmentFileNames.Owned)
        {
            string path = SegmentFileNames.PathOf(_directory, segment.BaseOffset, suffix);
            if (_disk.FileExists(path))
            {
                _disk.Rename(path, path + SegmentFileNames.Deleted);
                _host.DeleteFileAt(path + SegmentFileNames.Deleted, dueMs);
            }
        }
    }
}
