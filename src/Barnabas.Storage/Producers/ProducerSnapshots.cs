using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The producer snapshots in a partition's directory. Written at each roll and at each close, so that recovery replays
/// at most a segment.
/// </summary>
internal sealed class ProducerSnapshots(IDisk disk, string directory)
{
    // Ascending, replaced as a whole. Few: one per segment, and none where no producer is idempotent.
    private long[] _offsets = [];

    /// <summary>Notes a file that was found.</summary>
    public void Add(Offset offset) => Note(offset.Value);

    /// <summary>
    /// Writes the state as of <see cref="ProducerState.MapEndOffset"/>. Unsynced it costs no wait, and its checksum
    /// tells if a crash has torn it.
    /// </summary>
    /// <param name="replace">False leaves a file alone that is there already.</param>
    public void Write(ProducerState state, bool replace, bool sync)
    {
        Offset offset = state.MapEndOffset;
        if (!Note(offset.Value) && !replace)
        {
            return;
        }

        using IDiskFile file = disk.Open(PathOf(offset.Value), FileOpening.CreateOrTruncate);
        file.Write(ProducerSnapshotFile.Format(state), 0);
        if (sync)
        {
            file.Sync();
        }
    }

    /// <summary>
    /// Fills a state from the latest sound snapshot within (<paramref name="logStart"/>, <paramref name="end"/>];
    /// damaged ones are removed on the way. Without one the state stays empty, at the log start.
    /// </summary>
    public void LoadLatest(ProducerState state, Offset logStart, Offset end)
    {
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
        foreach (long offset in _offsets)
        {
            if (offset <= logStart.Value || offset > end.Value)
            {
                Remove(offset);
            }
        }

        if (wasCut)
        {
            // It tells of records that are gone, and must not come back once the log has grown beyond it.
            disk.SyncDirectory(directory);
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

    private void Remove(long offset)
    {
        _offsets = Array.FindAll(_offsets, other => other != offset);
        disk.DeleteFile(PathOf(offset));
    }

    private string PathOf(long offset) =>
        SegmentFileNames.PathOf(directory, new Offset(offset), SegmentFileNames.ProducerSnapshot);
}
