using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// A file of the log, from its base offset to the next segment's, with its indexes. Costs no open file and no index
/// memory until it is touched. One writer (the log's), any readers.
/// </summary>
internal sealed class Segment
{
    public const long UnknownTimestamp = -2;

    // Blocks are reserved ahead in doubling steps between these: a quiet partition holds little, a busy one asks
    // rarely. One with a few records asks for nothing, now or when it closes: without room its write is refused.
    private const int ReserveFrom = 4 * 1024;
    private const int ReserveStepMin = 64 * 1024;
    private const int ReserveStepMax = 16 * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly OpenSegments _open;
    private readonly Lock _gate = new();
    private readonly int _indexIntervalBytes;
    private SharedDiskFile? _file;
    private LinkedListNode<Segment>? _place;
    private volatile bool _wasUsed;
    private SegmentIndexes? _indexes;
    private int _size;
    private long _reserved;
    private int _lastBatchPosition = -1;
    private uint _lastBatchCrc;
    private volatile bool _retired;

    // Spare blocks may be given back, which is not done under the log's gate.
    private volatile bool _isSealed;

    // Counts what was done to the file and its indexes; what Sync has made durable.
    private int _changes;
    private int _synced = -1;

    /// <param name="size">Valid bytes of the file.</param>
    public Segment(
        IDisk disk,
        string directory,
        OpenSegments open,
        Offset baseOffset,
        int size,
        int indexIntervalBytes,
        long createdMs)
    {
        _disk = disk;
        _directory = directory;
        _open = open;
        _indexIntervalBytes = indexIntervalBytes;
        _size = size;
        BaseOffset = baseOffset;
        CreatedMs = createdMs;
        MaxTimestamp = size == 0 ? RecordBatch.NoTimestamp : UnknownTimestamp;
    }

    public Offset BaseOffset { get; }

    /// <summary>Bytes that readers may see.</summary>
    public int Size => Volatile.Read(ref _size);

    public string Path => SegmentFileNames.PathOf(_directory, BaseOffset, SegmentFileNames.Log);

    /// <summary>When this object was made: records without timestamps wait for a roll since then.</summary>
    public long CreatedMs { get; }

    /// <summary>Random part of <c>segment.ms</c> that this segment does not wait.</summary>
    public long RollJitterMs { get; init; }

    /// <summary>
    /// Largest timestamp in the segment; -1 if there is none, <see cref="UnknownTimestamp"/> until looked up.
    /// </summary>
    public long MaxTimestamp { get; private set; }

    /// <summary>Last offset of the batch that has <see cref="MaxTimestamp"/>.</summary>
    public Offset OffsetOfMaxTimestamp { get; private set; } = Offset.None;

    /// <summary>Largest timestamp of the first batch: the segment's age in the time of its records.</summary>
    public long FirstTimestamp { get; private set; } = UnknownTimestamp;

    /// <summary>
    /// File and indexes are open, so that a search waits for nothing but the records. A hint: the file may be closed
    /// at any time.
    /// </summary>
    public bool IsOpen => Volatile.Read(ref _indexes) is not null && Volatile.Read(ref _file) is not null;

    /// <summary>What was aborted by markers in this segment; null if nothing ever was.</summary>
    public TransactionIndex? Aborted { get; set; }

    /// <summary>The indexes, read or rebuilt at first use.</summary>
    public SegmentIndexes Indexes
    {
        get
        {
            SegmentIndexes? indexes = Volatile.Read(ref _indexes);
            return indexes ?? LoadIndexes();
        }
    }

    /// <summary>
    /// Makes the file of a new segment. Those of its indexes come with their first entries, or with the sealing: Kafka
    /// builds anew what is missing, and most segments of many idle partitions stay empty.
    /// </summary>
    public static Segment Create(
        IDisk disk,
        string directory,
        OpenSegments open,
        Offset baseOffset,
        LogConfig config,
        long nowMs,
        long jitterMs)
    {
        var segment = new Segment(disk, directory, open, baseOffset, 0, config.IndexIntervalBytes, nowMs)
        {
            RollJitterMs = Math.Min(jitterMs, config.SegmentMs),
        };
        segment.MakeFile();
        return segment;
    }

    /// <summary>Makes the file, empty.</summary>
    public void MakeFile()
    {
        SegmentIndexes.DeleteFiles(_disk, _directory, BaseOffset);
        _disk.Open(Path, FileOpening.CreateOrTruncate).Dispose();
    }

    /// <summary>The file, acquired once for the caller; opened if nobody had it open.</summary>
    public SharedDiskFile AcquireFile()
    {
        SharedDiskFile? file = Volatile.Read(ref _file);
        if (file is not null && file.TryAcquire())
        {
            if (!_wasUsed)
            {
                _wasUsed = true;
            }

            return file;
        }

        try
        {
            file = AcquireOrOpen();
        }
        catch (DiskException failure) when (failure.Error == DiskError.TooManyOpen && _open.TryCloseOne())
        {
            file = AcquireOrOpen();
        }

        _open.CloseSurplus();
        return file;
    }

    /// <summary>Closes the file once its readers have given it back. The next use opens it again.</summary>
    public void ReleaseFile()
    {
        lock (_gate)
        {
            if (_file is { } file)
            {
                _open.Remove(_place!);
                Volatile.Write(ref _file, null);
                _place = null;
                file.Release();
            }
        }
    }

    /// <summary>Was the file used since it was asked last?</summary>
    public bool TakeUse()
    {
        bool wasUsed = _wasUsed;
        _wasUsed = false;
        return wasUsed;
    }

    /// <summary>
    /// Puts bytes behind the last ones; readers do not see them before <see cref="Publish"/>. Throws when the disk
    /// fails; if it is full, the file ends where it ended before.
    /// </summary>
    public void Write(ReadOnlySpan<byte> bytes, int segmentBytes, bool wholeAtOnce)
    {
        Reopen();
        SharedDiskFile shared = AcquireFile();
        try
        {
            Reserve(shared.File, _size + (long)bytes.Length, segmentBytes, wholeAtOnce);
            shared.File.Write(bytes, _size);
        }
        catch (DiskException failure) when (failure.Error == DiskError.NoSpace)
        {
            shared.File.SetLength(_size);
            _reserved = _size;
            throw;
        }
        finally
        {
            shared.Release();
        }
    }

    /// <summary>Notes a batch that was written at a position, for the indexes and the timestamps.</summary>
    public void Observe(RecordBatch batch, int position)
    {
        long timestamp = batch.MaxTimestamp;
        if (position == 0)
        {
            FirstTimestamp = timestamp;
        }

        LookUpMaxTimestamp();
        if (timestamp > MaxTimestamp)
        {
            MaxTimestamp = timestamp;
            OffsetOfMaxTimestamp = batch.LastOffset;
        }

        _lastBatchPosition = position;
        _lastBatchCrc = batch.Crc;
        Indexes.Observe(
            RelativeOf(batch.LastOffset),
            position,
            _indexIntervalBytes,
            MaxTimestamp,
            RelativeOf(OffsetOfMaxTimestamp));
        NoteChange();
    }

    /// <summary>The index of what was aborted, open, with room for so many more.</summary>
    public IDiskFile OpenAborted(int more)
    {
        Aborted ??= new TransactionIndex(_disk, _directory, BaseOffset);
        return Aborted.OpenToAppend(more);
    }

    /// <summary>Shows readers what was written.</summary>
    public void Publish(int size) => Volatile.Write(ref _size, size);

    /// <summary>Finds the largest timestamp from the time index and the batches behind its last entry.</summary>
    public void LookUpMaxTimestamp()
    {
        if (MaxTimestamp == UnknownTimestamp)
        {
            (MaxTimestamp, OffsetOfMaxTimestamp) = SegmentSearch.MaxTimestamp(this);
        }
    }

    /// <summary>
    /// The largest timestamp for retention: where no record has one the file's, which a restart does not make younger.
    /// </summary>
    public long LargestTimestamp()
    {
        LookUpMaxTimestamp();
        return MaxTimestamp >= 0 ? MaxTimestamp : _disk.LastModifiedMs(Path);
    }

    /// <summary>The largest timestamp for readers, who may not keep what they find: only the writer does.</summary>
    public long MaxTimestampSnapshot()
    {
        long known = MaxTimestamp;
        return known == UnknownTimestamp ? SegmentSearch.MaxTimestamp(this).Timestamp : known;
    }

    /// <summary>Reads the first batch's timestamp if it is not known yet; -1 if there is no batch.</summary>
    public long LookUpFirstTimestamp()
    {
        if (FirstTimestamp == UnknownTimestamp && _size > 0)
        {
            FirstTimestamp = SegmentSearch.FirstTimestamp(this);
        }

        return FirstTimestamp == UnknownTimestamp ? RecordBatch.NoTimestamp : FirstTimestamp;
    }

    /// <summary>
    /// The segment gets no more batches: its last timestamp goes into the index. What that means for the files follows
    /// with the next flush or checkpoint (<see cref="WriteIndexes"/>): who appends does not wait for it.
    /// </summary>
    public void Seal()
    {
        LookUpMaxTimestamp();
        if (MaxTimestamp >= 0)
        {
            Indexes.Times.AppendIfLater(MaxTimestamp, RelativeOf(OffsetOfMaxTimestamp));
        }

        if (_size > 0)
        {
            Indexes.Seal();
        }

        _isSealed = true;
        NoteChange();
    }

    /// <summary>
    /// What sealing leaves to be done in files: spare blocks go back, then the indexes are written, which needs room.
    /// Their sync is the business of who wants it. From any thread.
    /// </summary>
    public void WriteIndexes()
    {
        GiveBack();
        Volatile.Read(ref _indexes)?.Write(create: false, sync: false);
    }

    /// <summary>
    /// Cuts the segment off at a batch boundary; <paramref name="endOffset"/> is where the log then ends.
    /// </summary>
    public void TruncateTo(int position, Offset endOffset)
    {
        Reopen();
        SegmentIndexes indexes = Indexes;
        Publish(position);
        SharedDiskFile shared = AcquireFile();
        try
        {
            shared.File.SetLength(position);
            _reserved = 0;
            _lastBatchPosition = -1;
        }
        finally
        {
            shared.Release();
        }

        indexes.TruncateTo(position, endOffset - BaseOffset);
        Aborted?.TruncateTo(endOffset);
        MaxTimestamp = position == 0 ? RecordBatch.NoTimestamp : UnknownTimestamp;
        OffsetOfMaxTimestamp = Offset.None;
        FirstTimestamp = UnknownTimestamp;
        NoteChange();
    }

    /// <summary>
    /// The first part of <see cref="Sync"/>, for who syncs many segments: what is left of each then is a commit of the
    /// file system's journal, and the first commit serves them all.
    /// </summary>
    public void WriteOut()
    {
        if (Volatile.Read(ref _changes) == _synced)
        {
            return;
        }

        try
        {
            WriteIndexes();
            SharedDiskFile shared = AcquireFile();
            try
            {
                FinalSync.Begin(shared.File);
            }
            finally
            {
                shared.Release();
            }

            Indexes.WriteOut();
        }
        catch (DiskException failure) when (failure.Error == DiskError.NotFound && _retired)
        {
        }
    }

    /// <summary>Makes bytes and indexes durable. Of a deleted segment there is nothing to keep.</summary>
    public void Sync()
    {
        int changes = Volatile.Read(ref _changes);
        if (changes == _synced)
        {
            return;
        }

        try
        {
            // What may fail for lack of space or descriptors comes first: only a failed sync is final.
            WriteIndexes();
            SyncRecords();
            Indexes.Write(create: false, sync: true);
            _synced = changes;
        }
        catch (DiskException failure) when (failure.Error == DiskError.NotFound && _retired)
        {
        }
    }

    /// <summary>Makes the batches durable, without the indexes.</summary>
    public void SyncRecords()
    {
        try
        {
            SharedDiskFile shared = AcquireFile();
            try
            {
                FinalSync.Run(shared.File);
            }
            finally
            {
                shared.Release();
            }

            // Here, so that it never lacks what the recovery point covers.
            Aborted?.Sync();
        }
        catch (DiskException failure) when (failure.Error == DiskError.NotFound && _retired)
        {
        }
    }

    /// <summary>See <see cref="SegmentIndexes.LacksFiles"/>.</summary>
    public bool LacksIndexFiles => Volatile.Read(ref _indexes) is { LacksFiles: true };

    /// <summary>The segment is being deleted. Readers that hold its file keep it; its names go.</summary>
    public void Retire()
    {
        _retired = true;
        Volatile.Read(ref _indexes)?.Retire();
        ReleaseFile();
    }

    /// <summary>
    /// The last batch; its position is -1 if there is none. Found by a scan if nothing was appended yet.
    /// </summary>
    public (int Position, uint Crc) LookUpLastBatch()
    {
        if (_lastBatchPosition < 0 && _size > 0)
        {
            (_lastBatchPosition, _lastBatchCrc) = SegmentSearch.LastBatch(this);
        }

        return (_size == 0 ? -1 : _lastBatchPosition, _lastBatchCrc);
    }

    /// <summary>
    /// Makes the indexes anew if their ends are missing, as they may be after a loss of power: files that were not
    /// synced end early. What was torn otherwise shows when they are read.
    /// </summary>
    public void CompleteIndexes()
    {
        if (!SegmentSearch.IsIndexed(this, Indexes, _indexIntervalBytes))
        {
            var rebuilt = new SegmentIndexes(_disk, _directory, BaseOffset);
            SegmentSearch.RebuildIndexes(this, rebuilt, _indexIntervalBytes);
            rebuilt.Write(create: true, sync: false);
            Volatile.Write(ref _indexes, rebuilt);
        }
    }

    /// <summary>Gives the segment indexes that recovery has built.</summary>
    public void Adopt(SegmentIndexes indexes, long maxTimestamp, Offset offsetOfMaxTimestamp)
    {
        Volatile.Write(ref _indexes, indexes);
        MaxTimestamp = maxTimestamp;
        OffsetOfMaxTimestamp = offsetOfMaxTimestamp;
    }

    public int RelativeOf(Offset offset) => (int)Math.Clamp(offset - BaseOffset, 0, int.MaxValue);

    /// <summary>By the writer, behind what it did.</summary>
    private void NoteChange() => Volatile.Write(ref _changes, _changes + 1);

    private SegmentIndexes LoadIndexes()
    {
        lock (_gate)
        {
            if (_indexes is { } present)
            {
                return present;
            }
        }

        var loaded = new SegmentIndexes(_disk, _directory, BaseOffset);
        // An empty segment has no files of them: it was made without, or recovery has removed them.
        if (Size > 0 && !loaded.TryLoad(Size))
        {
            SegmentSearch.RebuildIndexes(this, loaded, _indexIntervalBytes);
            loaded.Write(create: true, sync: false);
        }

        lock (_gate)
        {
            _indexes ??= loaded;
            return _indexes;
        }
    }

    private SharedDiskFile AcquireOrOpen()
    {
        lock (_gate)
        {
            if (_file is not { } file)
            {
                file = new SharedDiskFile(OpenFile());
                Volatile.Write(ref _file, file);
                _place = new LinkedListNode<Segment>(this);
                _wasUsed = false;
                _open.Add(_place);
            }

            Invariant.That(file.TryAcquire());
            return file;
        }
    }

    private IDiskFile OpenFile()
    {
        try
        {
            return _disk.Open(Path, FileOpening.ReadWrite);
        }
        catch (DiskException failure) when (failure.Error == DiskError.NotPermitted)
        {
            // A file system that turned read-only still serves what it holds.
            return _disk.Open(Path, FileOpening.Read);
        }
    }

    // It was sealed, but those behind it were cut off, or the roll failed.
    private void Reopen()
    {
        if (_isSealed)
        {
            // Whoever gives blocks back at the moment comes to an end first.
            lock (_gate)
            {
                _isSealed = false;
            }
        }
    }

    private void GiveBack()
    {
        if (!_isSealed || _reserved <= _size)
        {
            return;
        }

        try
        {
            SharedDiskFile shared = AcquireFile();
            try
            {
                lock (_gate)
                {
                    if (_isSealed)
                    {
                        shared.File.SetLength(_size);
                        _reserved = 0;
                    }
                }
            }
            finally
            {
                shared.Release();
            }
        }
        catch (DiskException failure) when (failure.Error == DiskError.NotFound && _retired)
        {
        }
    }

    private void Reserve(IDiskFile file, long needed, int segmentBytes, bool wholeAtOnce)
    {
        if (needed <= _reserved || (needed <= ReserveFrom && !wholeAtOnce))
        {
            return;
        }

        long step = wholeAtOnce ? segmentBytes : Math.Clamp(_size, ReserveStepMin, ReserveStepMax);
        long target = Math.Max(needed, Math.Min(_size + step, segmentBytes));
        file.Reserve(target);
        _reserved = target;
    }
}
