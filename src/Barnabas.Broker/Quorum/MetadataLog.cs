using Barnabas.Kernel;
using Barnabas.Raft;
using Barnabas.Records;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// The log of <c>__cluster_metadata-0</c> with its snapshots and its quorum state, all in one directory. Blocks; only
/// from the metadata mailbox. Failures of the disk are <see cref="DiskException"/>.
/// </summary>
internal sealed class MetadataLog : IQuorumLog
{
    // One read's worth of batches; grows for a batch that is larger.
    private const int ReadBytes = 1024 * 1024;

    private readonly IDisk _disk;
    private readonly PartitionLog _log;
    private readonly QuorumStateFile _stateFile;
    private readonly SortedSet<SnapshotId> _snapshots = [];
    private LogPosition _emptyEnd;

    private MetadataLog(IDisk disk, PartitionLog log)
    {
        _disk = disk;
        _log = log;
        Directory = log.Identity.Directory;
        _stateFile = new QuorumStateFile(disk, Directory);
    }

    public string Directory { get; }

    public long StartOffset => _log.LogStartOffset.Value;

    public long EndOffset => _log.LogEndOffset.Value;

    public long SizeInBytes => _log.SizeInBytes;

    /// <summary>The newest snapshot, that of formatting included; null if there is none.</summary>
    public SnapshotId? LatestSnapshot => _snapshots.Count > 0 ? _snapshots.Max : null;

    /// <summary>The end; where only snapshots tell it, the epoch is theirs.</summary>
    public LogPosition End => _log.LeaderEpochs.Entries.IsEmpty
        ? _emptyEnd
        : new LogPosition(_log.LeaderEpochs.Latest.Value, EndOffset);

    /// <summary>
    /// Opens or makes the log. Throws <see cref="LogDirectoryException"/> if it cannot be used, a passing
    /// <see cref="DiskException"/> if it can be used later.
    /// </summary>
    public static MetadataLog Open(IDisk disk, LogDirectory directory, LogConfig config, long nowMs)
    {
        var partition = new TopicPartition(Metadata.TopicName.ClusterMetadata, 0);
        LogOpenResult opened = directory.Open(partition, Uuid.MetadataTopic, config, nowMs);
        if (opened.MayPass)
        {
            throw new DiskException(DiskError.NoSpace, directory.Path, $"The metadata log waits: {opened.Message}");
        }

        if (opened.Log is not { } partitionLog)
        {
            throw new LogDirectoryException($"The metadata log cannot be opened: {opened.Message}");
        }

        // A vote in a directory that a loss of power takes away would be a vote forgotten.
        directory.SyncMade();
        var log = new MetadataLog(disk, partitionLog);
        log.FindSnapshots();
        log.StartBehindSnapshot(nowMs);
        return log;
    }

    public LogPosition EndOfEpoch(int epoch)
    {
        EpochEndOffset end = _log.EndOffsetForEpoch(new LeaderEpoch(epoch));
        return end == EpochEndOffset.Unknown
            ? new LogPosition(0, StartOffset)
            : new LogPosition(end.Epoch.Value, end.EndOffset.Value);
    }

    public ElectionState? LoadState() => _stateFile.Load();

    public void SaveState(ElectionState state, short kraftVersion, VoterSet voters) =>
        _stateFile.Save(state, kraftVersion, voters);

    public string PathOf(SnapshotId snapshot) => $"{Directory}/{snapshot.FileName}";

    /// <summary>Reads from an offset to the end.</summary>
    public void Read(long from, Action<RecordBatch> onBatch)
    {
        var buffer = new byte[ReadBytes];
        long next = from;
        while (next < EndOffset)
        {
            LogRead read = _log.Read(new Offset(next), buffer.Length, _log.LogEndOffset, atLeastOneBatch: true);
            if (!read.HasRegion)
            {
                throw new SnapshotDamagedException(
                    $"The metadata log cannot be read at offset {next}: {read.Message ?? read.Error.ToString()}");
            }

            int count = Load(read.Region, ref buffer);
            long before = next;
            foreach (RecordBatch batch in new RecordBatchIterator(buffer.AsSpan(0, count)))
            {
                if (batch.LastOffset.Value >= next)
                {
                    onBatch(batch);
                    next = batch.NextOffset.Value;
                }
            }

            if (next == before)
            {
                throw new SnapshotDamagedException($"The metadata log is damaged at offset {next}.");
            }
        }
    }

    /// <summary>
    /// Appends whole batches that carry their offsets. Throws a passing <see cref="DiskException"/> if there is no
    /// room: then the log is as it was.
    /// </summary>
    /// <param name="durable">
    /// True if they, and all before them, are to outlive a loss of power from here on. The indexes need not: they are
    /// built again.
    /// </param>
    public void Append(ReadOnlySpan<byte> batches, int epoch, long nowMs, bool durable)
    {
        long end = EndOffset;
        AppendResult appended;
        lock (_log.Gate)
        {
            appended = _log.AppendAsFollower(batches, new LeaderEpoch(epoch), nowMs);
        }

        RequireOrWait(appended.Error, appended.Message);
        ErrorCode flushed = durable ? _log.FlushRecords() : ErrorCode.None;
        if (flushed != ErrorCode.None)
        {
            // The sync itself is never tried twice, but it may not have come so far: too many open files.
            if (_log.OfflineReason is null)
            {
                TruncateTo(end, nowMs);
            }

            RequireOrWait(flushed, null);
        }
    }

    public void TruncateTo(long offset, long nowMs)
    {
        lock (_log.Gate)
        {
            Require(_log.TruncateTo(new Offset(offset), nowMs));
        }
    }

    public void UpdateHighWatermark(long highWatermark)
    {
        lock (_log.Gate)
        {
            _log.UpdateHighWatermark(new Offset(highWatermark));
        }
    }

    public void AddSnapshot(SnapshotId snapshot) => _snapshots.Add(snapshot);

    /// <summary>
    /// Drops old snapshots, and the part of the log that the remaining ones make needless, until size and age are
    /// within the limits. The newest snapshot always stays.
    /// </summary>
    public void Clean(MetadataRetention retention, long nowMs)
    {
        bool hasDropped = false;
        while (_snapshots.Count > 1)
        {
            SnapshotId oldest = _snapshots.Min;
            SnapshotId next = _snapshots.Skip(1).First();
            if (!IsOverLimits(retention, next, nowMs))
            {
                break;
            }

            // The log must begin at or before some snapshot's end (I-44), so the start moves before the file goes.
            AdvanceStart(next.EndOffset, nowMs);
            _disk.DeleteFile(PathOf(oldest));
            _snapshots.Remove(oldest);
            hasDropped = true;
        }

        if (hasDropped)
        {
            _disk.SyncDirectory(Directory);
        }
    }

    private void Require(ErrorCode error)
    {
        if (error != ErrorCode.None)
        {
            throw new LogDirectoryException($"The metadata log failed: {_log.OfflineReason ?? error.ToString()}");
        }
    }

    private void RequireOrWait(ErrorCode error, string? message)
    {
        if (error == ErrorCode.KafkaStorageError && _log.OfflineReason is null)
        {
            throw new DiskException(
                DiskError.NoSpace, Directory, $"The metadata log takes no records: {message ?? "it cannot be synced"}");
        }

        Require(error);
    }

    private static int Load(FileRegion region, ref byte[] buffer)
    {
        try
        {
            if (region.Count > buffer.Length)
            {
                buffer = new byte[region.Count];
            }

            return region.File.File.Read(buffer.AsSpan(0, region.Count), region.Position);
        }
        finally
        {
            region.File.Release();
        }
    }

    private void FindSnapshots()
    {
        foreach (string name in _disk.List(Directory))
        {
            if (SnapshotId.TryParse(name, out SnapshotId snapshot))
            {
                _snapshots.Add(snapshot);
            }
            else if (SnapshotId.IsLeftover(name))
            {
                _disk.DeleteFile($"{Directory}/{name}");
            }
        }
    }

    private void StartBehindSnapshot(long nowMs)
    {
        if (LatestSnapshot is { EndOffset: > 0 } latest && latest.EndOffset > EndOffset)
        {
            // A follower took the snapshot over and stopped before the log followed.
            lock (_log.Gate)
            {
                Require(_log.TruncateFullyAndStartAt(new Offset(latest.EndOffset), nowMs));
            }
        }

        SnapshotId known = LatestSnapshot ?? default;
        _emptyEnd = new LogPosition(known.Epoch, EndOffset);
        if (StartOffset > 0 && known.EndOffset < StartOffset)
        {
            throw new LogDirectoryException(
                $"The metadata log begins at {StartOffset}, but no snapshot reaches so far: metadata is lost.");
        }
    }

    private bool IsOverLimits(MetadataRetention retention, SnapshotId next, long nowMs)
    {
        long size = SizeInBytes;
        foreach (SnapshotId snapshot in _snapshots)
        {
            using IDiskFile file = _disk.Open(PathOf(snapshot), FileOpening.Read);
            size += file.Length;
        }

        if (retention.Bytes >= 0 && size > retention.Bytes)
        {
            return true;
        }

        // As old as the newest record in it.
        var header = new SnapshotHeaderSink();
        SnapshotReader.Read(_disk, PathOf(next), header);
        return retention.Age is { } age && nowMs - header.LastContainedTimestampMs > age.TotalMilliseconds;
    }

    private void AdvanceStart(long offset, long nowMs)
    {
        lock (_log.Gate)
        {
            Require(_log.AdvanceLogStartOffset(new Offset(offset)));
        }

        _log.DeleteOldSegments(nowMs);
    }
}
