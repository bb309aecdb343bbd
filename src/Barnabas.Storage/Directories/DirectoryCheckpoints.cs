using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The checkpoint files of a directory. What they say of logs that are not open is carried over from the last write.
/// </summary>
internal sealed class DirectoryCheckpoints(IDisk disk, DirectoryState found)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, Offset> _recoveryPoints = new(found.RecoveryPoints);
    private readonly Dictionary<TopicPartition, Offset> _highWatermarks = new(found.HighWatermarks);
    private readonly Dictionary<TopicPartition, Offset> _logStarts = new(found.LogStartOffsets);
    private readonly Dictionary<TopicPartition, ValidatedPosition> _validated = new(found.Validated.Logs);
    private bool _validatedWritten;
    private bool _namesTheGone;

    public Offset RecoveryPoint(TopicPartition partition) => Get(_recoveryPoints, partition);

    public Offset HighWatermark(TopicPartition partition) => Get(_highWatermarks, partition);

    public Offset LogStartOffset(TopicPartition partition) => Get(_logStarts, partition);

    /// <summary>
    /// Takes a partition out that goes, or that is about to be made: a new one must not inherit the recovery point of
    /// a former one of its name. If the disk refuses, the next call writes what this one could not.
    /// </summary>
    public void Forget(TopicPartition partition, IReadOnlyList<PartitionLog> logs)
    {
        lock (_gate)
        {
            _highWatermarks.Remove(partition);
            _validated.Remove(partition);
            _namesTheGone |= _recoveryPoints.Remove(partition) | _logStarts.Remove(partition);
            if (_namesTheGone)
            {
                WriteRecoveryPoints(logs);
                WriteLogStartOffsets(logs);
                _namesTheGone = false;
            }
        }
    }

    public void LowerRecoveryPoint(TopicPartition partition, Offset recoveryPoint, IReadOnlyList<PartitionLog> logs)
    {
        lock (_gate)
        {
            if (Get(_recoveryPoints, partition) > recoveryPoint)
            {
                _validated.Remove(partition);
                Collect(_recoveryPoints, logs, static log => log.RecoveryPoint);
                _recoveryPoints[partition] = recoveryPoint;
                Write(OffsetCheckpoint.RecoveryPoints, _recoveryPoints);
            }
        }
    }

    public int WriteRecoveryPoints(IReadOnlyList<PartitionLog> logs)
    {
        lock (_gate)
        {
            Collect(_recoveryPoints, logs, static log => log.RecoveryPoint);
            return Write(OffsetCheckpoint.RecoveryPoints, _recoveryPoints);
        }
    }

    public int WriteHighWatermarks(IReadOnlyList<PartitionLog> logs)
    {
        lock (_gate)
        {
            Collect(_highWatermarks, logs, static log => log.HighWatermark);
            return Write(OffsetCheckpoint.HighWatermarks, _highWatermarks);
        }
    }

    /// <summary>Only where the log starts within a segment: elsewhere the first segment's name says it.</summary>
    public int WriteLogStartOffsets(IReadOnlyList<PartitionLog> logs)
    {
        lock (_gate)
        {
            foreach (PartitionLog log in logs)
            {
                if (log.LogStartOffset > log.Contents.Segments.All[0].BaseOffset)
                {
                    _logStarts[log.Partition] = log.LogStartOffset;
                }
                else
                {
                    _logStarts.Remove(log.Partition);
                }
            }

            return Write(OffsetCheckpoint.LogStartOffsets, _logStarts);
        }
    }

    /// <summary>
    /// First what a restart needs beside the bytes (indexes, epochs), then the positions: in this order the page cache
    /// never holds a position whose indexes it lacks. Returns 1 if there was something to write.
    /// </summary>
    public int WriteValidatedPositions(IReadOnlyList<PartitionLog> logs, Uuid session)
    {
        lock (_gate)
        {
            bool changed = !_validatedWritten;
            foreach (PartitionLog log in logs)
            {
                changed |= Note(log);
            }

            if (!changed)
            {
                return 0;
            }

            // Not synced: the file matters only as long as the machine, and with it the page cache, lives.
            string path = $"{found.Path}/{ValidatedPositions.Name}";
            using (IDiskFile file = disk.Open(path + AtomicFile.TemporarySuffix, FileOpening.CreateOrTruncate))
            {
                file.Write(new ValidatedPositions(disk.BootId, session, _validated).Format(), 0);
            }

            disk.Rename(path + AtomicFile.TemporarySuffix, path);
            _validatedWritten = true;
            return 1;
        }
    }

    public void WriteMarker(CleanShutdownMarker marker) =>
        AtomicFile.Write(disk, found.Path, CleanShutdownMarker.Name, marker.Format());

    private static Offset Get(Dictionary<TopicPartition, Offset> offsets, TopicPartition partition) =>
        offsets.GetValueOrDefault(partition, Offset.Zero);

    private static void Collect(
        Dictionary<TopicPartition, Offset> offsets, IReadOnlyList<PartitionLog> logs, Func<PartitionLog, Offset> offset)
    {
        foreach (PartitionLog log in logs)
        {
            offsets[log.Partition] = offset(log);
        }
    }

    private bool Note(PartitionLog log)
    {
        ValidatedPosition position;
        SegmentIndexes indexes;
        lock (log.Gate)
        {
            if (log.OfflineReason is not null && _validated.ContainsKey(log.Partition))
            {
                return false;
            }

            Segment active = log.Contents.Segments.Active;
            bool known = _validated.TryGetValue(log.Partition, out ValidatedPosition? last)
                && last.EndOffset == log.LogEndOffset
                && last.SegmentBase == active.BaseOffset
                && last.Position == active.Size;
            if (known)
            {
                return false;
            }

            (int lastPosition, uint lastCrc) = active.LookUpLastBatch();
            position = new ValidatedPosition(
                active.BaseOffset, active.Size, log.LogEndOffset, lastPosition, lastCrc, log.ProducerCount > 0);
            indexes = active.Indexes;
        }

        indexes.Write(create: false, sync: false);
        log.Flusher.WriteEpochs(log.Contents.Epochs);
        _validated[log.Partition] = position;
        return true;
    }

    private int Write(string name, Dictionary<TopicPartition, Offset> offsets)
    {
        AtomicFile.Write(disk, found.Path, name, OffsetCheckpoint.Format(offsets));
        return 1;
    }
}
