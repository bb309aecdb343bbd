using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The producer snapshots in a partition's directory. Written at each roll and at each close, so that recovery replays
/// at most a segment.
/// </summary>
internal sealed class ProducerSnapshots(IDisk disk, string directory)
{
    // Ascending. Few: one per segment.
    private readonly SortedSet<long> _offsets = [];

    public IEnumerable<long> Offsets => _offsets;

    /// <summary>Notes a file that was found.</summary>
    public void Add(Offset offset) => _offsets.Add(offset.Value);

    /// <summary>
    /// Writes the state as of <see cref="ProducerState.MapEndOffset"/>. Unsynced it costs no wait, and its checksum
    /// tells if a crash has torn it.
    /// </summary>
    /// <param name="replace">False leaves a file alone that is there already.</param>
    public void Write(ProducerState state, bool replace, bool sync)
    {
        Offset offset = state.MapEndOffset;
        if (!_offsets.Add(offset.Value) && !replace)
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
        bool wasCut = _offsets.Max > end.Value;
        foreach (long offset in _offsets.ToArray())
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

        foreach (long offset in _offsets.ToArray())
        {
            if (!bases.Contains(offset) && offset != _offsets.Max)
            {
                Remove(offset);
            }
        }
    }

    private long? Latest(Offset logStart, Offset end)
    {
        foreach (long offset in _offsets.Reverse())
        {
            if (offset <= end.Value)
            {
                return offset > logStart.Value ? offset : null;
            }
        }

        return null;
    }

    private void Remove(long offset)
    {
        _offsets.Remove(offset);
        disk.DeleteFile(PathOf(offset));
    }

    private string PathOf(long offset) =>
        SegmentFileNames.PathOf(directory, new Offset(offset), SegmentFileNames.ProducerSnapshot);
}
