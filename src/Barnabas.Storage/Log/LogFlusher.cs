using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Moves the recovery point of one log. Flushes run on the flusher's thread while the writer goes on: what is synced is
/// what was appended when the flush began.
/// </summary>
/// <param name="opened">The log as it was found: its epochs are what their file says.</param>
internal sealed class LogFlusher(IDisk disk, string directory, OpenedLog opened)
{
    private readonly Lock _flushing = new();
    private EpochEntry[] _epochsWritten = opened.EpochsOnDisk;
    private long _recoveryPoint = opened.RecoveryPoint.Value;
    private long _indexesSynced = opened.RecoveryPoint.Value;
    private int _truncations;
    private long _unflushedSinceMs = long.MaxValue;
    private volatile bool _namesChanged = true;
    private bool _isKnownToLast = opened.IsKnownToLast;
    private long _durableBase = opened.IsKnownToLast ? opened.Contents.Segments.All[0].BaseOffset.Value : 0;

    // What the temporary file of the epochs holds, if somebody is to put it in place.
    private EpochEntry[]? _epochsPrepared;

    /// <summary>All below it was synced.</summary>
    public Offset RecoveryPoint => new(Volatile.Read(ref _recoveryPoint));

    /// <summary>All below it was synced, and the indexes of the segments below it too.</summary>
    public Offset RecoveryPointOfIndexes => Offset.Min(RecoveryPoint, new Offset(Volatile.Read(ref _indexesSynced)));

    /// <summary>
    /// The base of the first segment, as far as it is durable that those before it are gone. Never too high.
    /// </summary>
    public Offset DurableBase => new(Volatile.Read(ref _durableBase));

    /// <summary>Segment files were made or renamed: that is not durable before the directory is synced.</summary>
    public void NamesChanged() => _namesChanged = true;

    /// <summary>The log was cut off here. Under the gate; a flush under way then proves nothing.</summary>
    public void OnTruncated(Offset endOffset)
    {
        _truncations++;
        Volatile.Write(ref _recoveryPoint, Math.Min(_recoveryPoint, endOffset.Value));
        Volatile.Write(ref _indexesSynced, Math.Min(_indexesSynced, endOffset.Value));
    }

    /// <summary>Writes the epochs if they changed since they were last written.</summary>
    public void WriteEpochs(PartitionLog log)
    {
        lock (_flushing)
        {
            WriteEpochsLocked(log);
        }
    }

    /// <summary>Do the topic's flush settings ask for a flush?</summary>
    public bool IsDue(Offset logEnd, LogConfig config, long nowMs)
    {
        long unflushed = logEnd - RecoveryPoint;
        if (unflushed == 0)
        {
            _unflushedSinceMs = nowMs;
            return false;
        }

        return unflushed >= config.FlushMessages || nowMs - _unflushedSinceMs >= config.FlushMs;
    }

    /// <summary>
    /// Blocks on the device; throws what the disk throws. With no room for the epochs the records are durable all the
    /// same, but the recovery point stays: what finds the epochs again is a replay of the records.
    /// </summary>
    public void Flush(PartitionLog log, FlushScope scope)
    {
        lock (_flushing)
        {
            PendingFlush flush = Begin(log, scope);
            Offset synced = scope == FlushScope.Records ? RecoveryPoint : RecoveryPointOfIndexes;
            if (flush.Target <= synced)
            {
                return;
            }

            foreach (Segment segment in flush.Segments)
            {
                if (scope == FlushScope.Records && ReferenceEquals(segment, flush.Active))
                {
                    segment.SyncRecords();
                }
                else
                {
                    segment.Sync();
                }
            }

            bool hasEpochs = TryWriteEpochs(log);
            SyncNamesLocked(log);
            if (hasEpochs)
            {
                MoveRecoveryPoint(flush, scope);
            }
        }
    }

    /// <summary>Does as much of the flush of the sealed segments as needs no commit. Blocks on the device.</summary>
    public void WriteOutSealed(PartitionLog log)
    {
        lock (_flushing)
        {
            foreach (Segment segment in Begin(log, FlushScope.SealedSegments).Segments)
            {
                segment.WriteOut();
            }
        }
    }

    /// <summary>
    /// Retention; see <see cref="LogTruncation.DeleteOldSegments"/>. No names are synced meanwhile: removals that are
    /// under way would count as durable.
    /// </summary>
    public RetentionResult DeleteOldSegments(PartitionLog log, long nowMs)
    {
        lock (_flushing)
        {
            return LogTruncation.DeleteOldSegments(log, log.Contents, nowMs);
        }
    }

    /// <summary>
    /// The first half of a flush of many logs by one sync of all: brings the files up to date with the memory. What
    /// cannot be overwritten before its new bytes are durable, the epochs, waits beside the old ones.
    /// </summary>
    public PendingFlush Prepare(PartitionLog log)
    {
        lock (_flushing)
        {
            PendingFlush flush = Begin(log, FlushScope.Everything);
            foreach (Segment segment in flush.Segments)
            {
                segment.WriteIndexes();
            }

            return flush with { Epochs = PrepareEpochsLocked(log) };
        }
    }

    /// <summary>Are there epochs that their file does not have? From any thread; a hint.</summary>
    public bool HasNewEpochs(PartitionLog log)
    {
        lock (_flushing)
        {
            return !EpochsToWrite(log).AsSpan().SequenceEqual(_epochsWritten);
        }
    }

    /// <summary>Writes the epochs beside their file, unsynced; null if it has them.</summary>
    public EpochEntry[]? PrepareEpochs(PartitionLog log)
    {
        lock (_flushing)
        {
            return PrepareEpochsLocked(log);
        }
    }

    /// <summary>
    /// What was prepared is durable and takes its place, unless a flush was faster. The name needs a sync before the
    /// recovery point moves.
    /// </summary>
    /// <param name="epochs">What was prepared; null if nothing was.</param>
    public void PutInPlace(EpochEntry[]? epochs)
    {
        lock (_flushing)
        {
            if (epochs is not null && ReferenceEquals(_epochsPrepared, epochs))
            {
                AtomicFile.PutInPlace(disk, directory, LeaderEpochCheckpoint.Name);
                _epochsPrepared = null;
                _epochsWritten = epochs;
                _namesChanged = true;
            }
        }
    }

    /// <summary>The second half: everything is durable, names included.</summary>
    public void Finish(in PendingFlush flush)
    {
        lock (_flushing)
        {
            _namesChanged = false;
            _isKnownToLast = true;
            Volatile.Write(ref _durableBase, flush.Log.Contents.Segments.FirstNamed.Value);
            MoveRecoveryPoint(flush, FlushScope.Everything);
        }
    }

    /// <summary>Somebody else has made it durable that this log exists.</summary>
    public void MarkKnownToLast()
    {
        lock (_flushing)
        {
            _isKnownToLast = true;
        }
    }

    /// <summary>
    /// Makes the names of a log just made durable, and which topic it belongs to. A flush does so too, before the
    /// recovery point moves: what was synced must be found again.
    /// </summary>
    public void SyncNames(PartitionLog log)
    {
        lock (_flushing)
        {
            SyncNamesLocked(log);
        }
    }

    private PendingFlush Begin(PartitionLog log, FlushScope scope)
    {
        lock (log.Gate)
        {
            Segment[] segments = log.Contents.Segments.All;
            bool sealedOnly = scope == FlushScope.SealedSegments;
            Offset target = sealedOnly ? segments[^1].BaseOffset : log.LogEndOffset;
            // A segment that ends at the recovery point may have got its last index entry since, when it was sealed.
            int first = Math.Max(0, SegmentStore.Floor(segments, new Offset(RecoveryPointOfIndexes.Value - 1)));
            int last = segments.Length - (sealedOnly ? 1 : 0);
            return new PendingFlush(log, target, _truncations, segments[^1], segments[Math.Min(first, last)..last]);
        }
    }

    private void MoveRecoveryPoint(in PendingFlush flush, FlushScope scope)
    {
        Offset indexed = scope == FlushScope.Records ? flush.Active.BaseOffset : flush.Target;
        lock (flush.Log.Gate)
        {
            if (flush.Truncations == _truncations)
            {
                Volatile.Write(ref _recoveryPoint, Math.Max(_recoveryPoint, flush.Target.Value));
                Volatile.Write(ref _indexesSynced, Math.Max(_indexesSynced, indexed.Value));
            }
        }
    }

    private bool TryWriteEpochs(PartitionLog log)
    {
        try
        {
            WriteEpochsLocked(log);
            return true;
        }
        catch (DiskException full) when (full.MayPass)
        {
            return false;
        }
    }

    private void SyncNamesLocked(PartitionLog log)
    {
        if (!_namesChanged)
        {
            return;
        }

        // Cleared first: what changes during the sync is not in it.
        _namesChanged = false;
        Offset first;
        lock (log.Gate)
        {
            first = log.Contents.Segments.FirstNamed;
        }

        try
        {
            if (!_isKnownToLast)
            {
                PartitionMetadataFile.Sync(disk, directory);
                disk.SyncDirectory(directory[..directory.LastIndexOf('/')]);
                _isKnownToLast = true;
            }

            disk.SyncDirectory(directory);
            Volatile.Write(ref _durableBase, first.Value);
        }
        catch (DiskException)
        {
            _namesChanged = true;
            throw;
        }
    }

    private void WriteEpochsLocked(PartitionLog log)
    {
        EpochEntry[] epochs = EpochsToWrite(log);
        if (!epochs.AsSpan().SequenceEqual(_epochsWritten))
        {
            // The same temporary file: what it held before is older.
            _epochsPrepared = null;
            AtomicFile.Write(disk, directory, LeaderEpochCheckpoint.Name, LeaderEpochCheckpoint.Format(epochs));
            _epochsWritten = epochs;
        }
    }

    private EpochEntry[]? PrepareEpochsLocked(PartitionLog log)
    {
        EpochEntry[] epochs = EpochsToWrite(log);
        if (epochs.AsSpan().SequenceEqual(_epochsWritten))
        {
            return null;
        }

        AtomicFile.Prepare(disk, directory, LeaderEpochCheckpoint.Name, LeaderEpochCheckpoint.Format(epochs));
        return _epochsPrepared = epochs;
    }

    // An epoch without a record is forgotten when the log is opened again, so a new leadership over an idle log is not
    // worth a file.
    private static EpochEntry[] EpochsToWrite(PartitionLog log)
    {
        // The end first: it may only be too low, and what lies between is written next time.
        Offset end = log.LogEndOffset;
        EpochEntry[] entries = log.LeaderEpochs.Published;
        int count = entries.Length;
        while (count > 0 && entries[count - 1].StartOffset >= end)
        {
            count--;
        }

        return count == entries.Length ? entries : entries[..count];
    }
}
