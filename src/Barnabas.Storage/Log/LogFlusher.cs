using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// Moves the recovery point of one log. Flushes run on the flusher's thread while the writer goes on: what is synced is
/// what was appended when the flush began.
/// </summary>
internal sealed class LogFlusher(IDisk disk, string directory, Offset recoveryPoint)
{
    private readonly Lock _flushing = new();
    private long _recoveryPoint = recoveryPoint.Value;
    private long _indexesSynced = recoveryPoint.Value;
    private int _truncations;
    private int _epochsWritten;
    private long _unflushedSinceMs = long.MaxValue;
    private volatile bool _namesChanged = true;

    /// <summary>All below it was synced.</summary>
    public Offset RecoveryPoint => new(Volatile.Read(ref _recoveryPoint));

    /// <summary>All below it was synced, and the indexes of the segments below it too.</summary>
    public Offset RecoveryPointOfIndexes => Offset.Min(RecoveryPoint, new Offset(Volatile.Read(ref _indexesSynced)));

    /// <summary>A segment file was made: its name is not durable before the directory is synced.</summary>
    public void NamesChanged() => _namesChanged = true;

    /// <summary>The log was cut off here. Under the gate; a flush under way then proves nothing.</summary>
    public void OnTruncated(Offset endOffset)
    {
        _truncations++;
        Volatile.Write(ref _recoveryPoint, Math.Min(_recoveryPoint, endOffset.Value));
        Volatile.Write(ref _indexesSynced, Math.Min(_indexesSynced, endOffset.Value));
    }

    /// <summary>Writes the epochs if they changed since they were last written.</summary>
    public void WriteEpochs(LeaderEpochCache epochs)
    {
        lock (_flushing)
        {
            WriteEpochsLocked(epochs);
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
        bool sealedOnly = scope == FlushScope.SealedSegments;
        lock (_flushing)
        {
            Offset target;
            Segment[] segments;
            int truncations;
            lock (log.Gate)
            {
                segments = log.Contents.Segments.All;
                target = sealedOnly ? segments[^1].BaseOffset : log.LogEndOffset;
                truncations = _truncations;
            }

            Offset synced = scope == FlushScope.Records ? RecoveryPoint : RecoveryPointOfIndexes;
            if (target <= synced)
            {
                return;
            }

            // A segment that ends at the recovery point may have got its last index entry since, when it was sealed.
            int first = Math.Max(0, SegmentStore.Floor(segments, new Offset(RecoveryPointOfIndexes.Value - 1)));
            int last = segments.Length - (sealedOnly ? 1 : 0);
            for (int i = first; i < last; i++)
            {
                if (scope == FlushScope.Records && i == segments.Length - 1)
                {
                    segments[i].SyncRecords();
                }
                else
                {
                    segments[i].Sync();
                }
            }

            bool hasEpochs = TryWriteEpochs(log.Contents.Epochs);
            SyncNames();
            lock (log.Gate)
            {
                if (hasEpochs && truncations == _truncations)
                {
                    Volatile.Write(ref _recoveryPoint, Math.Max(_recoveryPoint, target.Value));
                    Offset indexed = scope == FlushScope.Records ? segments[^1].BaseOffset : target;
                    Volatile.Write(ref _indexesSynced, Math.Max(_indexesSynced, indexed.Value));
                }
            }
        }
    }

    private bool TryWriteEpochs(LeaderEpochCache epochs)
    {
        try
        {
            WriteEpochsLocked(epochs);
            return true;
        }
        catch (DiskException full) when (full.MayPass)
        {
            return false;
        }
    }

    private void SyncNames()
    {
        if (!_namesChanged)
        {
            return;
        }

        _namesChanged = false;
        try
        {
            disk.SyncDirectory(directory);
        }
        catch (DiskException)
        {
            _namesChanged = true;
            throw;
        }
    }

    private void WriteEpochsLocked(LeaderEpochCache epochs)
    {
        int version = epochs.Version;
        if (version != _epochsWritten)
        {
            AtomicFile.Write(disk, directory, LeaderEpochCheckpoint.Name, LeaderEpochCheckpoint.Format(epochs.Entries));
            _epochsWritten = version;
        }
    }
}
