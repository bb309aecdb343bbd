using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// The checkpoint files of a directory. Open logs say themselves what is due in them; what was found about the others
/// is carried over from write to write. From any thread.
/// </summary>
/// <param name="openLogs">
/// Asked within the lock: a log that opens meanwhile is here or in what was found, never in neither.
/// </param>
internal sealed class DirectoryCheckpoints(
    IDisk disk, DirectoryState found, Func<IReadOnlyList<PartitionLog>> openLogs, SyncTogether together)
{
    // Two locks: that of the offsets is taken within the gate of a log, and many positions take a while to write.
    private readonly Lock _positions = new();
    private readonly Lock _offsets = new();

    // Taken first, and for as long as it takes to look at all logs: who opens one must not wait for that.
    private readonly Lock _validating = new();
    private bool _validatedWritten;
    private bool _namesTheGone;

    /// <summary>Fills in what the files say of a log that is about to be opened.</summary>
    public LogOpening Complete(LogOpening opening, TopicPartition partition)
    {
        lock (_positions)
        {
            opening = opening with { Validated = found.Validated.Logs.GetValueOrDefault(partition) };
        }

        lock (_offsets)
        {
            return opening with
            {
                LogStartOffset = found.LogStartOffsets.GetValueOrDefault(partition, Offset.Zero),
                RecoveryPoint = found.RecoveryPoints.GetValueOrDefault(partition, Offset.Zero),
                HighWatermark = found.HighWatermarks.GetValueOrDefault(partition, Offset.Zero),
            };
        }
    }

    /// <summary>Forgets what was found about a log: it is open now and speaks for itself.</summary>
    public void Forget(TopicPartition partition)
    {
        lock (_positions)
        {
            found.Validated.Logs.Remove(partition);
        }

        lock (_offsets)
        {
            found.RecoveryPoints.Remove(partition);
            found.HighWatermarks.Remove(partition);
            found.LogStartOffsets.Remove(partition);
        }
    }

    /// <summary>
    /// Takes partitions out that go, or that are about to be made: a new one must not inherit the recovery point of a
    /// former one of its name. If the disk refuses, the next call writes what this one could not.
    /// </summary>
    /// <param name="wereOpen">The files may name them, though what was found does not.</param>
    public void TakeOut(IEnumerable<TopicPartition> partitions, bool wereOpen)
    {
        lock (_positions)
        {
            foreach (TopicPartition partition in partitions)
            {
                found.Validated.Logs.Remove(partition);
            }
        }

        lock (_offsets)
        {
            _namesTheGone |= wereOpen;
            foreach (TopicPartition partition in partitions)
            {
                found.HighWatermarks.Remove(partition);
                _namesTheGone |= found.RecoveryPoints.Remove(partition) | found.LogStartOffsets.Remove(partition);
            }

            if (_namesTheGone)
            {
                WriteRecoveryPoints();
                WriteLogStartOffsets();
                _namesTheGone = false;
            }
        }
    }

    public void LowerRecoveryPoint(TopicPartition partition, Offset recoveryPoint)
    {
        lock (_offsets)
        {
            Dictionary<TopicPartition, Offset> points =
                Collect(found.RecoveryPoints, static log => log.RecoveryPoint);
            points[partition] = recoveryPoint;
            Write(OffsetCheckpoint.RecoveryPoints, points);
        }
    }

    public void WriteRecoveryPoints()
    {
        lock (_offsets)
        {
            Write(
                OffsetCheckpoint.RecoveryPoints,
                Collect(found.RecoveryPoints, static log => log.RecoveryPoint));
        }
    }

    public int WriteHighWatermarks()
    {
        lock (_offsets)
        {
            return Write(
                OffsetCheckpoint.HighWatermarks,
                Collect(found.HighWatermarks, static log => log.HighWatermark));
        }
    }

    /// <summary>
    /// Only where the log starts within a segment, or where those before it may come back with a loss of power:
    /// elsewhere the first segment's name says it.
    /// </summary>
    public void WriteLogStartOffsets()
    {
        lock (_offsets)
        {
            Write(
                OffsetCheckpoint.LogStartOffsets,
                Collect(found.LogStartOffsets, static log =>
                    log.LogStartOffset > Offset.Min(
                        log.Contents.Segments.All[0].BaseOffset, log.Flusher.DurableBase)
                        ? log.LogStartOffset
                        : Offset.None));
        }
    }

    /// <summary>
    /// First what a restart needs beside the bytes (indexes, epochs), then the positions: in this order the page cache
    /// never holds a position whose indexes it lacks. Returns 1 if there was something to write.
    /// </summary>
    public int WriteValidatedPositions(Uuid session)
    {
        lock (_validating)
        {
            var changed = new List<(PartitionLog Log, ValidatedPosition Position)>();
            foreach (PartitionLog log in openLogs())
            {
                if (Look(log) is { } position)
                {
                    changed.Add((log, position));
                }
            }

            if (changed.Count == 0 && _validatedWritten)
            {
                return 0;
            }

            together.WriteEpochs(changed.ConvertAll(static one => one.Log));
            changed.ForEach(static one => one.Log.Noted = one.Position);
            Write(session);
            _validatedWritten = true;
            return 1;
        }
    }

    public void WriteMarker(CleanShutdownMarker marker) =>
        AtomicFile.Write(disk, found.Path, CleanShutdownMarker.Name, marker.Format());

    private Dictionary<TopicPartition, Offset> Collect(
        Dictionary<TopicPartition, Offset> others, Func<PartitionLog, Offset> offset)
    {
        IReadOnlyList<PartitionLog> logs = openLogs();
        var all = new Dictionary<TopicPartition, Offset>(others.Count + logs.Count);
        foreach ((TopicPartition partition, Offset known) in others)
        {
            all[partition] = known;
        }

        foreach (PartitionLog log in logs)
        {
            if (offset(log) is { Value: >= 0 } value)
            {
                all[log.Partition] = value;
            }
        }

        return all;
    }

    /// <summary>
    /// How far a log is valid, and with that in the page cache what its indexes lack there. Null if it is noted, or has
    /// gone meanwhile.
    /// </summary>
    private static ValidatedPosition? Look(PartitionLog log)
    {
        try
        {
            ValidatedPosition position;
            Segment[] segments;
            int first;
            lock (log.Gate)
            {
                segments = log.Contents.Segments.All;
                Segment active = segments[^1];
                bool isKnown = log.Noted is { } last
                    ? last.EndOffset == log.LogEndOffset
                        && last.SegmentBase == active.BaseOffset
                        && last.Position == active.Size
                    // Of a log that is empty and always was there is nothing to say.
                    : segments.Length == 1 && active.Size == 0;
                if (isKnown || log.OfflineReason is not null)
                {
                    return null;
                }

                (int lastPosition, uint lastCrc) = active.LookUpLastBatch();
                position = new ValidatedPosition(
                    active.BaseOffset, active.Size, log.LogEndOffset, lastPosition, lastCrc, log.ProducerCount > 0);
                // Those sealed since the last look are not read by a restart: their indexes must be whole.
                first = segments.Length - 1;
                while (first > 0 && segments[first - 1].LacksIndexFiles)
                {
                    first--;
                }
            }

            foreach (Segment segment in segments.AsSpan(first))
            {
                segment.WriteIndexes();
            }

            return position;
        }
        catch (DiskException) when (log.OfflineReason is not null)
        {
            // Deleted since it was found: its directory has another name.
            return null;
        }
    }

    private void Write(Uuid session)
    {
        lock (_positions)
        {
            // Not synced: the file matters only as long as the machine, and with it the page cache, lives.
            string path = $"{found.Path}/{ValidatedPositions.Name}";
            using (IDiskFile file = disk.Open(path + AtomicFile.TemporarySuffix, FileOpening.CreateOrTruncate))
            {
                long position = 0;
                foreach (byte[] piece in ValidatedPositions.Format(disk.BootId, session, Positions()))
                {
                    file.Write(piece, position);
                    position += piece.Length;
                }
            }

            disk.Rename(path + AtomicFile.TemporarySuffix, path);
        }
    }

    private IEnumerable<KeyValuePair<TopicPartition, ValidatedPosition>> Positions()
    {
        foreach (KeyValuePair<TopicPartition, ValidatedPosition> known in found.Validated.Logs)
        {
            yield return known;
        }

        foreach (PartitionLog log in openLogs())
        {
            if (log.Noted is { } position)
            {
                yield return new(log.Partition, position);
            }
        }
    }

    private int Write(string name, Dictionary<TopicPartition, Offset> offsets)
    {
        AtomicFile.Write(disk, found.Path, name, OffsetCheckpoint.Format(offsets));
        return 1;
    }
}
