using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The two sparse indexes of a segment and what of them is in their files. Entries are made by the log's writer alone;
/// the files are written under a lock, because the writer and the flusher both do.
/// </summary>
internal sealed class SegmentIndexes(IDisk disk, string directory, Offset baseOffset)
{
    private readonly Lock _files = new();
    private int _offsetsWritten;
    private int _timesWritten;
    private bool _retired;
    private volatile bool _isSealed;

    public OffsetIndex Offsets { get; } = new();

    public TimeIndex Times { get; } = new();

    /// <summary>
    /// Removes the index files of a segment without records: what they say is of batches that are gone, and would be
    /// believed of those to come.
    /// </summary>
    public static void DeleteFiles(IDisk disk, string directory, Offset baseOffset)
    {
        foreach (string suffix in (ReadOnlySpan<string>)[SegmentFileNames.OffsetIndex, SegmentFileNames.TimeIndex])
        {
            string path = SegmentFileNames.PathOf(directory, baseOffset, suffix);
            if (disk.FileExists(path))
            {
                disk.DeleteFile(path);
            }
        }
    }

    /// <summary>
    /// Indexes a batch if <c>index.interval.bytes</c> lie between its position and the last one indexed. The rule looks
    /// at nothing but positions, so an index built anew from the file equals the one built while appending.
    /// </summary>
    public void Observe(
        int relativeLastOffset, int position, int intervalBytes, long maxTimestamp, int relativeOffsetOfMaxTimestamp)
    {
        if (position - Offsets.LastPosition > intervalBytes)
        {
            Offsets.Append(relativeLastOffset, position);
            Times.AppendIfLater(maxTimestamp, relativeOffsetOfMaxTimestamp);
        }
    }

    /// <summary>
    /// Reads the files. False if one is missing or damaged: the indexes must be rebuilt from the log.
    /// </summary>
    public bool TryLoad(long segmentLength)
    {
        byte[]? offsets = AtomicFile.TryRead(disk, PathOf(SegmentFileNames.OffsetIndex));
        byte[]? times = AtomicFile.TryRead(disk, PathOf(SegmentFileNames.TimeIndex));
        if (offsets is null || times is null || !Offsets.TryParse(offsets, segmentLength) || !Times.TryParse(times))
        {
            Discard();
            return false;
        }

        lock (_files)
        {
            _offsetsWritten = Offsets.Count;
            _timesWritten = Times.Count;
        }

        return true;
    }

    public void TruncateTo(int position, long relativeOffset)
    {
        lock (_files)
        {
            Offsets.TruncateToPosition(position);
            Times.TruncateToOffset(relativeOffset);
            _isSealed = false;
            bool rewrite = _offsetsWritten > Offsets.Count || _timesWritten > Times.Count;
            if (rewrite)
            {
                // A shorter file is a rewritten file: rare, and simpler than telling the two apart.
                _offsetsWritten = 0;
                _timesWritten = 0;
                WriteFiles(create: true, sync: false);
            }
        }
    }

    /// <summary>Brings the files up to date with the entries there are now.</summary>
    /// <param name="create">Writes the files anew; else only what they lack is appended.</param>
    public void Write(bool create, bool sync)
    {
        lock (_files)
        {
            if (create)
            {
                _offsetsWritten = 0;
                _timesWritten = 0;
            }

            WriteFiles(create, sync);
        }
    }

    /// <summary>
    /// There are no entries to come. From now on <see cref="Write"/> makes files that would be empty too: of a segment
    /// with records Kafka expects them.
    /// </summary>
    public void Seal() => _isSealed = true;

    /// <summary>Sealed, and something of that not yet in the files. A hint.</summary>
    public bool LacksFiles => _isSealed && (_offsetsWritten < Offsets.Count || _timesWritten < Times.Count);

    /// <summary>Begins to make the files durable; see <see cref="FinalSync.Begin"/>.</summary>
    public void WriteOut()
    {
        lock (_files)
        {
            foreach (string suffix in (ReadOnlySpan<string>)[SegmentFileNames.OffsetIndex, SegmentFileNames.TimeIndex])
            {
                if (!_retired && disk.FileExists(PathOf(suffix)))
                {
                    using IDiskFile file = disk.Open(PathOf(suffix), FileOpening.ReadWrite);
                    FinalSync.Begin(file);
                }
            }
        }
    }

    /// <summary>The segment is being deleted: nothing writes its index files any more.</summary>
    public void Retire()
    {
        lock (_files)
        {
            _retired = true;
        }
    }

    private void Discard()
    {
        Offsets.TruncateToPosition(0);
        Times.TruncateToOffset(0);
    }

    private void WriteFiles(bool create, bool sync)
    {
        if (_retired)
        {
            return;
        }

        bool createOffsets = create || (_isSealed && _offsetsWritten == 0);
        int offsets = Offsets.Format(_offsetsWritten, out byte[] offsetBytes);
        long offsetsEnd = _offsetsWritten * (long)OffsetIndex.EntrySize;
        Append(SegmentFileNames.OffsetIndex, offsetBytes, offsetsEnd, createOffsets, sync);
        _offsetsWritten += offsets;

        bool createTimes = create || (_isSealed && _timesWritten == 0);
        int times = Times.Format(_timesWritten, out byte[] timeBytes);
        long timesEnd = _timesWritten * (long)TimeIndex.EntrySize;
        Append(SegmentFileNames.TimeIndex, timeBytes, timesEnd, createTimes, sync);
        _timesWritten += times;
    }

    private void Append(string suffix, byte[] bytes, long position, bool create, bool sync)
    {
        if (bytes.Length == 0 && !create && !sync)
        {
            return;
        }

        using IDiskFile file = disk.Open(
            PathOf(suffix), create ? FileOpening.CreateOrTruncate : FileOpening.CreateOrKeep);
        if (bytes.Length > 0)
        {
            file.Write(bytes, position);
        }

        // Whatever lies behind the entries (Kafka's preallocation) must not be taken for entries.
        if (file.Length > position + bytes.Length)
        {
            file.SetLength(position + bytes.Length);
        }

        if (sync)
        {
            FinalSync.Run(file);
        }
    }

    private string PathOf(string suffix) => SegmentFileNames.PathOf(directory, baseOffset, suffix);
}
