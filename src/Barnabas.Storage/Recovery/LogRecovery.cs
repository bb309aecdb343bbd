using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// Opens a log: finds out what of its files can be believed, validates the rest, keeps the longest valid prefix.
/// </summary>
/// <remarks>
/// What was synced (below the recovery point) may not be damaged; if it is, <see cref="LogDamagedException"/> is thrown
/// and nothing is changed. What was not synced may be torn anywhere: from the first damage on it is cut off, later
/// segments included. State that depends on the bytes (indexes, epochs, producers) comes out as a replay of the log has
/// it.
/// </remarks>
internal sealed class LogRecovery(IDisk disk, LogOpening opening, ILogHost host)
{
    private readonly LeaderEpochCache _epochs = new();
    private readonly List<Segment> _segments = [];
    private EpochEntry[] _epochsOnDisk = [];
    private Offset _endOffset;

    // From here on the batches were scanned, and indexes of what was aborted are not believed.
    private Offset _scannedFrom = new(long.MaxValue);
    private bool _scanHasMarkers;
    private long _bytesValidated;
    private long _bytesCut;
    private string? _reason;

    /// <summary>
    /// Throws <see cref="DiskException"/> when the disk fails, <see cref="LogDamagedException"/> see above.
    /// </summary>
    public OpenedLog Open()
    {
        PartitionFiles files = PartitionFiles.From(opening.Names);
        if (files.Swaps.Count > 0)
        {
            InterruptedSwap.Complete(disk, opening.Directory, files);
            files = PartitionFiles.From(disk.List(opening.Directory));
        }

        foreach (string name in files.Leftovers)
        {
            disk.DeleteFile($"{opening.Directory}/{name}");
        }

        bool epochsKnown = files.HasEpochs
            && LoadEpochs()
            && (opening.CleanShutdown || EpochsReachStart(files.Segments));
        LoadSegments(files, epochsKnown);
        if (opening.CleanShutdown && opening.RecoveryPoint > Offset.Zero && _endOffset != opening.RecoveryPoint)
        {
            // Offsets are outside the checksums of batches: without this one flipped bit would move the end.
            throw Damaged($"the log was closed at offset {opening.RecoveryPoint} and ends at {_endOffset}");
        }

        foreach (Segment segment in _segments)
        {
            if (segment.Size == 0 && !opening.IsNew)
            {
                SegmentIndexes.DeleteFiles(disk, opening.Directory, segment.BaseOffset);
            }
        }

        Offset logStart = ChooseLogStart();
        if (files.IsTruncationUnfinished)
        {
            TruncationMark.Clear(disk, opening.Directory, _segments[^1]);
        }

        _epochs.TruncateFromEnd(_endOffset);
        _epochs.TruncateFromStart(logStart);

        var store = new SegmentStore(disk, opening.Directory, host, [.. _segments]);
        var snapshots = new ProducerSnapshots(disk, opening.Directory);
        files.Snapshots.ForEach(snapshots.Add);
        Offset abortedFrom = LoadAborted(files.TransactionIndexes);
        ProducerState producers = LoadProducers(store.All, snapshots, logStart, abortedFrom);

        Offset recoveryPoint = opening.CleanShutdown ? _endOffset : Offset.Min(opening.RecoveryPoint, _endOffset);
        return new OpenedLog(
            new LogContents(store, _epochs, producers, snapshots),
            logStart,
            _endOffset,
            recoveryPoint,
            _epochsOnDisk,
            opening.IsNew,
            opening.CleanShutdown && !opening.IsNew,
            _bytesValidated == 0 && _reason is null
                ? RecoveryReport.Nothing
                : new RecoveryReport(_bytesValidated, _bytesCut, _reason));
    }

    private bool LoadEpochs()
    {
        string path = $"{opening.Directory}/{LeaderEpochCheckpoint.Name}";
        try
        {
            _epochsOnDisk = [.. LeaderEpochCheckpoint.Parse(AtomicFile.Read(disk, path), path)];
            _epochs.Load(_epochsOnDisk);
            return true;
        }
        catch (CheckpointFormatException)
        {
            // Every batch carries its epoch: the log knows better than a damaged file.
            return false;
        }
    }

    // The start of the log rose, the epochs below it went, and a crash took the higher start back.
    private bool EpochsReachStart(List<Offset> bases) =>
        bases.Count == 0
        || (!_epochs.Entries.IsEmpty
            && _epochs.Entries[0].StartOffset <= Offset.Max(bases[0], opening.LogStartOffset));

    private void LoadSegments(PartitionFiles files, bool epochsKnown)
    {
        if (files.Segments.Count == 0)
        {
            if (opening.RecoveryPoint > opening.LogStartOffset)
            {
                throw Damaged($"no segment is left, but all below offset {opening.RecoveryPoint} was synced");
            }

            StartEmpty(opening.LogStartOffset);
            return;
        }

        Segment last = OpenUnread(files.Segments[^1], out bool isAsNoted);
        if (files.Segments.Count == 1 && last.Size == 0)
        {
            // The usual case of an idle partition: there is nothing to scan and nothing to know.
            _segments.Add(last);
            _endOffset = last.BaseOffset;
            RequireSynced("the log is empty");
            return;
        }

        int first = FirstToScan(files.Segments, epochsKnown);
        for (int i = 0; i < first; i++)
        {
            _segments.Add(OpenUnread(files.Segments[i]));
        }

        if (first > 0 && !opening.CleanShutdown && files.Segments[first] == opening.RecoveryPoint)
        {
            // It ends where the recovery point lies: its records were synced, perhaps not yet its indexes.
            _segments[^1].CompleteIndexes();
        }

        // Without the file of the epochs only a scan of all batches can tell where they begin.
        if (epochsKnown && first == files.Segments.Count - 1)
        {
            if (isAsNoted)
            {
                _endOffset = opening.Validated!.EndOffset;
                _segments.Add(last);
                return;
            }

            if (opening.CleanShutdown)
            {
                FindEnd(last);
                return;
            }

            if (TryResume(last))
            {
                return;
            }
        }

        ScanFrom(files.Segments, first);
    }

    // The segment that holds the recovery point, or the one the validated position lies in.
    private int FirstToScan(List<Offset> bases, bool epochsKnown)
    {
        if (!epochsKnown)
        {
            return 0;
        }

        if (opening.CleanShutdown)
        {
            return bases.Count - 1;
        }

        int validated = opening.Validated is { } position ? bases.IndexOf(position.SegmentBase) : -1;
        if (validated == bases.Count - 1 && validated >= 0)
        {
            return validated;
        }

        int first = bases.Count - 1;
        while (first > 0 && bases[first] > opening.RecoveryPoint)
        {
            first--;
        }

        return first;
    }

    private void FindEnd(Segment segment)
    {
        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            _endOffset = segment.BaseOffset;
            var scanner = new BatchScanner(
                shared.File, new byte[RecordBatch.HeaderSize], segment.Indexes.Offsets.LastPosition, segment.Size);
            while (scanner.MoveNext())
            {
                _endOffset = scanner.Current.NextOffset;
            }

            if (scanner.End != ScanEnd.Complete)
            {
                throw Damaged(
                    $"segment {segment.BaseOffset} holds no batch at byte {scanner.Position}, although it was closed");
            }
        }
        finally
        {
            shared.Release();
        }

        _segments.Add(segment);
    }

    /// <summary>
    /// Goes on from the validated position. False, with nothing changed, if the file is not the one it was taken from.
    /// </summary>
    private bool TryResume(Segment segment)
    {
        Offset baseOffset = segment.BaseOffset;
        if (opening.Validated is not { } validated || validated.SegmentBase != baseOffset)
        {
            return false;
        }

        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            if (segment.Size < validated.Position || !IsWitnessed(shared.File, validated))
            {
                return false;
            }

            segment.Publish(validated.Position);
            SegmentIndexes indexes = segment.Indexes;
            indexes.Offsets.TruncateToPosition(validated.Position);
            indexes.Times.TruncateToOffset(validated.EndOffset - baseOffset);
            segment.LookUpMaxTimestamp();
            _epochs.TruncateFromEnd(validated.EndOffset);
            var scan = new SegmentScan(shared.File, baseOffset, indexes, _epochs, opening.Config.IndexIntervalBytes);
            scan.Run(
                validated.Position,
                validated.EndOffset,
                Offset.Zero,
                segment.MaxTimestamp,
                Offset.Max(segment.OffsetOfMaxTimestamp, baseOffset));
            bool nothingFollows = scan.ValidBytes == validated.Position && scan.Damage is not null;
            if (nothingFollows && shared.File.Length - validated.Position > RecordBatch.LogOverhead)
            {
                // Not one batch beyond it makes sense: perhaps the position is wrong rather than the file.
                return false;
            }

            NoteScan(validated.EndOffset, scan);
            Finish(segment, shared.File, scan, indexes, isLast: true);
            return true;
        }
        finally
        {
            shared.Release();
        }
    }

    private static bool IsWitnessed(IDiskFile file, ValidatedPosition validated)
    {
        if (validated.LastBatchPosition < 0)
        {
            return validated.Position == 0;
        }

        Span<byte> header = stackalloc byte[RecordBatch.HeaderSize];
        var scanner = new BatchScanner(file, header, validated.LastBatchPosition, validated.Position);
        return scanner.MoveNext()
            && scanner.Position + scanner.Size == validated.Position
            && scanner.Current.Crc == validated.LastBatchCrc
            && scanner.Current.NextOffset == validated.EndOffset;
    }

    private void ScanFrom(List<Offset> bases, int first)
    {
        _segments.RemoveRange(Math.Min(first, _segments.Count), Math.Max(0, _segments.Count - first));
        _epochs.TruncateFromEnd(bases[first]);
        Offset trustBelow = opening.CleanShutdown ? new Offset(long.MaxValue) : opening.RecoveryPoint;
        _endOffset = bases[first];
        for (int i = first; i < bases.Count; i++)
        {
            if (i > first && !Follows(bases[i]))
            {
                RemoveFrom(bases, i, $"segment {bases[i]} does not follow offset {_endOffset}");
                return;
            }

            if (!ScanSegment(bases[i], trustBelow, isLast: i == bases.Count - 1))
            {
                RemoveFrom(bases, i + 1, _reason!);
                return;
            }
        }

        RequireSynced("the log ends");
    }

    private bool Follows(Offset baseOffset)
    {
        // Kafka leaves gaps where it compacts and where a follower fetches what its leader has compacted; none of its
        // checkpoints tells how far. Elsewhere a gap between segments is the lost tail of the one before.
        bool synced = baseOffset < opening.RecoveryPoint || opening.CleanShutdown;
        bool mayBeCompacted = opening.Config.Append.IsCompacted && opening.KafkaRanHere;
        return baseOffset == _endOffset || (baseOffset > _endOffset && (synced || mayBeCompacted));
    }

    // False if the segment was cut off.
    private bool ScanSegment(Offset baseOffset, Offset trustBelow, bool isLast)
    {
        Segment segment = OpenUnread(baseOffset);
        SharedDiskFile shared = segment.AcquireFile();
        try
        {
            var indexes = new SegmentIndexes(disk, opening.Directory, baseOffset);
            var scan = new SegmentScan(shared.File, baseOffset, indexes, _epochs, opening.Config.IndexIntervalBytes)
            {
                MayHaveGaps = opening.KafkaRanHere,
            };
            scan.Run(0, baseOffset, trustBelow, RecordBatch.NoTimestamp, baseOffset);
            NoteScan(baseOffset, scan);
            Finish(segment, shared.File, scan, indexes, isLast);
            return scan.Damage is null;
        }
        finally
        {
            shared.Release();
        }
    }

    private void NoteScan(Offset from, SegmentScan scan)
    {
        _scannedFrom = Offset.Min(_scannedFrom, from);
        _scanHasMarkers |= scan.HasMarkers;
    }

    private void Finish(Segment segment, IDiskFile file, SegmentScan scan, SegmentIndexes indexes, bool isLast)
    {
        _bytesValidated += scan.BytesValidated;
        _endOffset = scan.EndOffset;
        if (scan.Damage is not null)
        {
            RequireSynced($"at byte {scan.ValidBytes} of segment {segment.BaseOffset} {scan.Damage}, and the log ends");
            _reason = $"Segment {segment.BaseOffset}, byte {scan.ValidBytes}: {scan.Damage}";
            _bytesCut += file.Length - scan.ValidBytes;
            // Synced, lest what is gone comes back after another loss of power, when others have read what took its
            // place.
            file.SetLength(scan.ValidBytes);
            FinalSync.Run(file);
        }
        else if (!isLast)
        {
            indexes.Times.AppendIfLater(scan.MaxTimestamp, segment.RelativeOf(scan.OffsetOfMaxTimestamp));
        }

        segment.Publish((int)scan.ValidBytes);
        segment.Adopt(indexes, scan.MaxTimestamp, scan.OffsetOfMaxTimestamp);
        // Below the recovery point nobody looks again whether an index is whole.
        indexes.Write(create: true, sync: scan.EndOffset <= opening.RecoveryPoint);
        _segments.Add(segment);
    }

    private void RequireSynced(string what)
    {
        if (_endOffset < opening.RecoveryPoint)
        {
            throw Damaged($"{what} at offset {_endOffset}, but all below offset {opening.RecoveryPoint} was synced");
        }
    }

    private void RemoveFrom(List<Offset> bases, int index, string reason)
    {
        for (int i = index; i < bases.Count; i++)
        {
            if (bases[i] < opening.RecoveryPoint)
            {
                throw Damaged($"segment {bases[i]} holds synced records, but {reason}");
            }
        }

        for (int i = bases.Count - 1; i >= index; i--)
        {
            // From the newest on, so that a crash in between leaves what this same rule removes again.
            _reason ??= reason;
            _bytesCut += OpenUnread(bases[i]).Size;
            foreach (string suffix in SegmentFileNames.Owned)
            {
                disk.DeleteFile(SegmentFileNames.PathOf(opening.Directory, bases[i], suffix));
            }
        }

        if (index < bases.Count)
        {
            // For the same reason as a cut is synced.
            disk.SyncDirectory(opening.Directory);
        }
    }

    private Offset ChooseLogStart()
    {
        if (opening.LogStartOffset > _endOffset)
        {
            // The checkpoint knows of deleted records that the log never saw again: begin behind them, as Kafka does.
            foreach (Segment segment in _segments)
            {
                segment.ReleaseFile();
                foreach (string suffix in SegmentFileNames.Owned)
                {
                    disk.DeleteFile(SegmentFileNames.PathOf(opening.Directory, segment.BaseOffset, suffix));
                }
            }

            _segments.Clear();
            _epochs.Clear();
            StartEmpty(opening.LogStartOffset);
            // Once the name of the segment says where the log begins, the checkpoint does no longer.
            disk.SyncDirectory(opening.Directory);
        }

        return Offset.Max(opening.LogStartOffset, _segments[0].BaseOffset);
    }

    private void StartEmpty(Offset offset)
    {
        _segments.Add(Segment.Create(
            disk, opening.Directory, host.OpenSegments, offset, opening.Config, opening.NowMs, jitterMs: 0));
        _endOffset = offset;
    }

    /// <summary>
    /// Takes the indexes of what was aborted as far as they can be believed. The rest is emptied, and must be replayed
    /// from the offset that is returned.
    /// </summary>
    private Offset LoadAborted(HashSet<Offset> files)
    {
        Offset from = _scanHasMarkers ? _scannedFrom : new Offset(long.MaxValue);
        for (int i = 0; i < _segments.Count && files.Count > 0; i++)
        {
            Segment segment = _segments[i];
            if (!files.Contains(segment.BaseOffset))
            {
                continue;
            }

            var index = new TransactionIndex(disk, opening.Directory, segment.BaseOffset);
            Offset end = i + 1 < _segments.Count ? _segments[i + 1].BaseOffset : _endOffset;
            if (!index.TryLoad(Offset.Min(end, _scannedFrom)))
            {
                index.Reset();
                from = Offset.Min(from, segment.BaseOffset);
            }

            segment.Aborted = index;
        }

        return from;
    }

    /// <param name="abortedFrom">From here on the indexes of what was aborted are to be made anew.</param>
    private ProducerState LoadProducers(
        Segment[] segments, ProducerSnapshots snapshots, Offset logStart, Offset abortedFrom)
    {
        var producers = new ProducerState();
        Offset latest = Offset.Min(_endOffset, abortedFrom);
        snapshots.RemoveOutside(logStart, _endOffset);
        snapshots.RemoveStray(segments);
        snapshots.LoadLatest(producers, logStart, latest);
        Offset from = producers.MapEndOffset;
        if (producers.Count == 0 && opening.Validated is { HasProducers: false } validated
            && validated.EndOffset <= latest)
        {
            from = Offset.Max(from, validated.EndOffset);
        }

        ProducerReplay.Run(segments, producers, from, _endOffset);
        producers.MapEndOffset = _endOffset;
        // Below the recovery point nobody looks again whether an index is whole.
        foreach (Segment segment in segments)
        {
            segment.Aborted?.Sync();
        }

        return producers;
    }

    private Segment OpenUnread(Offset baseOffset) => OpenUnread(baseOffset, out _);

    /// <param name="isAsNoted">
    /// The usual case of a quiet log: the file ends where it was noted to end, with the batch it ended with. One read,
    /// and no index is looked at.
    /// </param>
    private Segment OpenUnread(Offset baseOffset, out bool isAsNoted)
    {
        using IDiskFile file = disk.Open(
            SegmentFileNames.PathOf(opening.Directory, baseOffset, SegmentFileNames.Log), FileOpening.Read);
        long length = file.Length;
        if (length > int.MaxValue)
        {
            throw Damaged($"segment {baseOffset} has {length} bytes, more than a segment can have");
        }

        isAsNoted = opening.Validated is { } validated
            && validated.SegmentBase == baseOffset
            && validated.Position == length
            && validated.EndOffset >= opening.RecoveryPoint
            && IsWitnessed(file, validated);
        return new Segment(
            disk,
            opening.Directory,
            host.OpenSegments,
            baseOffset,
            (int)length,
            opening.Config.IndexIntervalBytes,
            opening.NowMs);
    }

    private LogDamagedException Damaged(string message) => new($"{opening.Directory}: {message}");
}
