using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The producer snapshots in a partition's directory. Taken at each roll and at each close, so that recovery replays
/// at most a segment, and what was appended since the last one was written. The writer's, but for
/// <see cref="WritePrepared"/> and <see cref="DeleteFiles"/>.
/// </summary>
internal sealed class ProducerSnapshots(IDisk disk, string directory)
{
    // Ascending, replaced as a whole. Few: one per segment, and none where no producer is idempotent.
    private long[] _offsets = [];

    // Taken, but not yet in files. Under the monitor of this object, which whoever writes them holds as well.
    private List<(long Offset, byte[] Content)>? _prepared;

    /// <summary>Notes a file that was found.</summary>
    public void Add(Offset offset) => Note(offset.Value);

    /// <summary>
    /// Takes the state as of <see cref="ProducerState.MapEndOffset"/>, unless there is a snapshot of it. Who appends
    /// does not wait for its file: see <see cref="WritePrepared"/>.
    /// </summary>
    public void Prepare(ProducerState state)
    {
        long offset = state.MapEndOffset.Value;
        if (Note(offset))
        {
            lock (this)
            {
                (_prepared ??= []).Add((offset, ProducerSnapshotFile.Format(state)));
            }
        }
    }

    /// <summary>
    /// Writes what was prepared, unsynced: a checksum tells if a crash has torn it. From any thread.
    /// </summary>
    public void WritePrepared()
    {
        if (_prepared is null)
        {
            return;
        }

        lock (this)
        {
            while (_prepared is { Count: > 0 })
            {
                (long offset, byte[] content) = _prepared[0];
                Write(offset, content, sync: false);
                _prepared.RemoveAt(0);
            }

            _prepared = null;
        }
    }

    /// <summary>Writes the state as of <see cref="ProducerState.MapEndOffset"/> now.</summary>
    public void Write(ProducerState state, bool sync)
    {
        Note(state.MapEndOffset.Value);
        Write(state.MapEndOffset.Value, ProducerSnapshotFile.Format(state), sync);
    }

    /// <summary>
    /// Fills a state from the latest sound snapshot within (<paramref name="logStart"/>, <paramref name="end"/>];
    /// damaged ones are removed on the way. Without one the state stays empty, at the log start.
    /// </summary>
    public void LoadLatest(ProducerState state, Offset logStart, Offset end)
    {
        WritePrepared();
        state.Clear();
        while (Latest(logStart, end) is { } offset)
        {
            byte[]? content = AtomicFile.TryRead(disk, PathOf(offset));
            if (content is not null && ProducerSnapshotFile.TryParse(content, new Offset(offset), state))
            {
                return;
            }

            state.Clear();
            Remove(offset);
        }

        state.MapEndOffset = logStart;
    }

    /// <summary>
    /// Removes snapshots outside (<paramref name="logStart"/>, <paramref name="end"/>]: they describe no prefix of the
    /// log.
    /// </summary>
    public void RemoveOutside(Offset logStart, Offset end)
    {
        bool wasCut = _offsets.Length > 0 && _offsets[^1] > end.Value;
        DeleteFiles(TakeOutside(logStart, end));
        if (wasCut)
        {
            // It tells of records that are gone, and must not come back once the log has grown beyond it.
            disk.SyncDirectory(directory);
        }
    }

    /// <summary>The first half of <see cref="RemoveOutside"/>: forgets them, and says which they were.</summary>
    public long[] TakeOutside(Offset logStart, Offset end)
    {
        long[] outside = Array.FindAll(_offsets, offset => offset <= logStart.Value || offset > end.Value);
        if (outside.Length > 0)
        {
            _offsets = Array.FindAll(_offsets, offset => !outside.Contains(offset));
            lock (this)
            {
                _prepared?.RemoveAll(one => outside.Contains(one.Offset));
            }
        }

        return outside;
    }

    /// <summary>The second half, which may be done outside of the gate: recovery can do without a snapshot.</summary>
    public void DeleteFiles(long[] offsets)
    {
        foreach (long offset in offsets)
        {
            disk.DeleteFile(PathOf(offset));
        }
    }

    /// <summary>Keeps those that recovery wants: at the base of a segment, and the latest.</summary>
    public void RemoveStray(ReadOnlySpan<Segment> segments)
    {
        var bases = new HashSet<long>();
        foreach (Segment segment in segments)
        {
            bases.Add(segment.BaseOffset.Value);
        }

        foreach (long offset in _offsets)
        {
            if (!bases.Contains(offset) && offset != _offsets[^1])
            {
                Remove(offset);
            }
        }
    }

    private long? Latest(Offset logStart, Offset end)
    {
        // Zero if there is none, which no log start lies below.
        long latest = Array.FindLast(_offsets, offset => offset <= end.Value);
        return latest > logStart.Value ? latest : null;
    }

    private bool Note(long offset)
    {
        if (_offsets.Contains(offset))
        {
            return false;
        }

        _offsets = [.. _offsets, offset];
        Array.Sort(_offsets);
        return true;
    }

    private void Write(long offset, byte[] content, bool sync)
    {
        using IDiskFile file = disk.Open(PathOf(offset), FileOpening.CreateOrTruncate);
        file.Write(content, 0);
        if (sync)
        {
            file.Sync();
        }
    }

    private void Remove(long offset)
    {
        _offsets = Array.FindAll(_offsets, other => other != offset);
        disk.DeleteFile(PathOf(offset));
    }

    private string PathOf(long offset) =>
        SegmentFileNames.PathOf(directory, new Offset(offset), SegmentFileNames.ProducerSnapshot);
}
