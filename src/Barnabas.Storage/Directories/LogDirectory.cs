using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// One of the <c>log.dirs</c>: its identity, its checkpoints, and the logs in it. Logs are opened one by one, on
/// demand, so that each is served as soon as it is checked. From any thread; what is documented as blocking belongs on
/// a blocking mailbox.
/// </summary>
/// <remarks>
/// Failures: the first failure of the disk (other than a lack of space) takes the directory offline with all its logs;
/// the event <see cref="WentOffline"/> says so once. An offline directory writes nothing any more, least of all a
/// clean-shutdown marker.
/// </remarks>
public sealed class LogDirectory : ILogHost, IDisposable
{
    private readonly LogServices _services;
    private readonly IDisposable _lock;
    private readonly DirectoryState _found;
    private readonly DirectoryCheckpoints _checkpoints;
    private readonly DeletionQueue _deletions;
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, PartitionLog> _logs = [];
    private readonly HashSet<TopicPartition> _unopened;
    private readonly Uuid _session;
    private string? _offlineReason;

    internal LogDirectory(LogServices services, DirectoryState found, IDisposable directoryLock)
    {
        _services = services;
        _found = found;
        _lock = directoryLock;
        _session = Uuid.Random(services.Entropy);
        _checkpoints = new DirectoryCheckpoints(services.Disk, found);
        _deletions = new DeletionQueue(services.Disk);
        _unopened = [.. found.Partitions];
        foreach (string name in found.Deleted)
        {
            _deletions.Add($"{found.Path}/{name}", isDirectory: true, dueMs: 0);
        }
    }

    /// <summary>Raised once, on the thread that met the failure, when the directory goes offline.</summary>
    public event Action<LogDirectory, string>? WentOffline;

    public string Path => _found.Path;

    /// <summary><c>directory.id</c> of KIP-858.</summary>
    public Uuid Id => _found.Meta.DirectoryId;

    /// <summary>The marker was found: the last node here, of whatever kind, stopped in good order.</summary>
    public bool WasCleanShutdown => _found.Marker is not null;

    /// <summary>The broker epoch in the clean-shutdown marker (KIP-966); -1 without.</summary>
    public long CleanShutdownBrokerEpoch => _found.Marker?.BrokerEpoch ?? -1;

    /// <summary>The partitions that were here at start, opened or not.</summary>
    public IReadOnlyCollection<TopicPartition> PartitionsAtStart => _found.Partitions;

    /// <summary>Names of directories that are no partition, stray or on their way elsewhere: left alone.</summary>
    public IReadOnlyList<string> Tolerated => _found.Tolerated;

    /// <summary>Why the directory is out of service; null while it serves.</summary>
    public string? OfflineReason => Volatile.Read(ref _offlineReason);

    /// <summary>The logs that are open now.</summary>
    public IReadOnlyList<PartitionLog> OpenLogs
    {
        get
        {
            lock (_gate)
            {
                return [.. _logs.Values];
            }
        }
    }

    /// <summary>How many partitions lie here, opened or not.</summary>
    public int LogCount
    {
        get
        {
            lock (_gate)
            {
                return _logs.Count + _unopened.Count;
            }
        }
    }

    /// <summary>The open log of a partition, or null.</summary>
    public PartitionLog? Find(TopicPartition partition)
    {
        lock (_gate)
        {
            return _logs.GetValueOrDefault(partition);
        }
    }

    /// <summary>Are there files of this partition?</summary>
    public bool Contains(TopicPartition partition)
    {
        lock (_gate)
        {
            return _logs.ContainsKey(partition) || _unopened.Contains(partition);
        }
    }

    /// <summary>
    /// Opens a log, recovering it if needed, or makes a new one. Blocks. Different partitions may be opened at the same
    /// time, the same one not.
    /// </summary>
    public LogOpenResult Open(TopicPartition partition, Uuid topicId, LogConfig config, long nowMs)
    {
        if (Find(partition) is { } open)
        {
            return LogOpenResult.Opened(open);
        }

        if (OfflineReason is { } reason)
        {
            return LogOpenResult.Failed(ErrorCode.KafkaStorageError, reason);
        }

        if (PartitionDirectoryName.Of(partition) is not { } name)
        {
            return LogOpenResult.Failed(ErrorCode.InvalidTopicException, $"'{partition}' cannot be a directory");
        }

        string path = $"{Path}/{name}";
        try
        {
            bool isNew = !_services.Disk.DirectoryExists(path);
            if (isNew)
            {
                _checkpoints.Forget(partition, OpenLogs);
                _services.Disk.CreateDirectory(path);
                lock (_gate)
                {
                    // Whatever fails from here on, there is something to delete.
                    _unopened.Add(partition);
                }
            }

            if (CheckTopicId(path, topicId) is { } mismatch)
            {
                return LogOpenResult.Failed(ErrorCode.InconsistentTopicId, mismatch);
            }

            if (isNew)
            {
                _services.Disk.SyncDirectory(Path);
            }

            OpenedLog opened = new LogRecovery(_services.Disk, OpeningOf(partition, path, config, nowMs), this).Open();
            var log = new PartitionLog(
                new LogIdentity(partition, topicId, path),
                _services,
                config,
                opened,
                _checkpoints.HighWatermark(partition),
                this);
            lock (_gate)
            {
                _unopened.Remove(partition);
                _logs.Add(partition, log);
            }

            return LogOpenResult.Opened(log);
        }
        catch (LogDamagedException damage)
        {
            return LogOpenResult.Failed(ErrorCode.KafkaStorageError, damage.Message);
        }
        catch (DiskException failure)
        {
            OnFailure(failure);
            LogOpenResult failed = LogOpenResult.Failed(ErrorCode.KafkaStorageError, failure.Message);
            return failed with { MayPass = failure.MayPass };
        }
    }

    /// <summary>
    /// Takes a partition out: its log answers no more, its directory is renamed at once and removed after
    /// <c>file.delete.delay.ms</c>. Blocks. False if there is none.
    /// </summary>
    public bool Delete(TopicPartition partition, long nowMs)
    {
        PartitionLog? log;
        lock (_gate)
        {
            bool known = _logs.Remove(partition, out log) | _unopened.Remove(partition);
            if (!known || OfflineReason is not null)
            {
                return known;
            }
        }

        long delay = log?.Config.FileDeleteDelayMs ?? 0;
        try
        {
            log?.GoOffline($"{partition} was deleted");
            log?.ReleaseFiles();
            Forget(partition);
            string from = $"{Path}/{PartitionDirectoryName.Of(partition)}";
            string to = $"{Path}/{PartitionDirectoryName.OfDeleted(partition, Uuid.Random(_services.Entropy))}";
            _services.Disk.Rename(from, to);
            _services.Disk.SyncDirectory(Path);
            _deletions.Add(to, isDirectory: true, nowMs + delay);
        }
        catch (DiskException failure)
        {
            OnFailure(failure);
        }

        return true;
    }

    /// <summary>
    /// Takes files that are not open out of the way without removing them: those of a topic that is gone, or of another
    /// one that had the name before. Blocks. Gives the name they have now; null if they could not be moved.
    /// </summary>
    public string? SetAside(TopicPartition partition)
    {
        lock (_gate)
        {
            if (_logs.ContainsKey(partition) || OfflineReason is not null)
            {
                return null;
            }
        }

        string to = $"{Path}/{PartitionDirectoryName.OfStray(partition, Uuid.Random(_services.Entropy))}";
        try
        {
            Forget(partition);
            _services.Disk.Rename($"{Path}/{PartitionDirectoryName.Of(partition)}", to);
            _services.Disk.SyncDirectory(Path);
        }
        catch (DiskException failure)
        {
            OnFailure(failure);
            return null;
        }

        lock (_gate)
        {
            _unopened.Remove(partition);
        }

        return to;
    }

    /// <summary>Removes files and directories whose delay has passed. Blocks. Returns how many names went.</summary>
    public int RemoveDeleted(long nowMs) => Guarded(() => _deletions.RemoveDue(nowMs));

    /// <summary>
    /// Notes how far all logs are valid, for a start after the process was killed; about once a second. Blocks a
    /// little.
    /// </summary>
    public void WriteValidatedPositions() => Guarded(() => _checkpoints.WriteValidatedPositions(OpenLogs, _session));

    /// <summary>Writes Kafka's <c>replication-offset-checkpoint</c>. Blocks.</summary>
    public void CheckpointHighWatermarks() => Guarded(() => _checkpoints.WriteHighWatermarks(OpenLogs));

    /// <summary>Writes Kafka's recovery points (what was synced) and log start offsets. Blocks.</summary>
    public void CheckpointOffsets() => Guarded(() =>
    {
        _checkpoints.WriteRecoveryPoints(OpenLogs);
        _checkpoints.WriteLogStartOffsets(OpenLogs);
        return 0;
    });

    /// <summary>
    /// Flushes and closes all logs, writes all checkpoints and, as the last thing, the clean-shutdown marker; that one
    /// only if every log of the directory is known to be sound. Then gives the directory's lock back. Blocks.
    /// </summary>
    /// <param name="brokerEpoch">Kept in the marker (KIP-966); -1 if unknown.</param>
    /// <returns>True if the shutdown was clean.</returns>
    public bool Close(long brokerEpoch)
    {
        bool clean = Guarded(() => CloseLogs(brokerEpoch) ? 1 : 0) == 1;
        Dispose();
        return clean;
    }

    /// <summary>Gives the lock back without closing anything, as the end of the process would.</summary>
    public void Dispose() => _lock.Dispose();

    void ILogHost.DeleteFileAt(string path, long dueMs) => _deletions.Add(path, isDirectory: false, dueMs);

    void ILogHost.LowerRecoveryPoint(TopicPartition partition, Offset recoveryPoint) =>
        _checkpoints.LowerRecoveryPoint(partition, recoveryPoint, OpenLogs);

    void ILogHost.OnFailure(DiskException failure) => OnFailure(failure);

    private bool CloseLogs(long brokerEpoch)
    {
        IReadOnlyList<PartitionLog> logs = OpenLogs;
        foreach (PartitionLog log in logs)
        {
            lock (log.Gate)
            {
                log.Seal();
            }

            if (log.Flush() != ErrorCode.None)
            {
                return false;
            }

            log.Flusher.WriteEpochs(log.Contents.Epochs);
            log.GoOffline($"{log.Partition} is closed");
            log.ReleaseFiles();
        }

        _checkpoints.WriteRecoveryPoints(logs);
        _checkpoints.WriteLogStartOffsets(logs);
        _checkpoints.WriteHighWatermarks(logs);
        _checkpoints.WriteValidatedPositions(logs, _session);
        bool sound;
        lock (_gate)
        {
            // What was not sound at start and has not been opened since may need recovery still.
            sound = WasCleanShutdown || _unopened.Count == 0;
        }

        if (sound)
        {
            _checkpoints.WriteMarker(new CleanShutdownMarker(brokerEpoch, _session));
        }

        return sound;
    }

    private string? CheckTopicId(string path, Uuid topicId)
    {
        string file = $"{path}/{PartitionMetadataFile.Name}";
        byte[]? content = AtomicFile.TryRead(_services.Disk, file);
        if (content is { Length: > 0 })
        {
            Uuid found;
            try
            {
                found = PartitionMetadataFile.Parse(content, file);
            }
            catch (CheckpointFormatException damage)
            {
                return damage.Message;
            }

            return topicId.IsZero || found == topicId
                ? null
                : $"{path} belongs to topic id {found}, not to {topicId}";
        }

        if (!topicId.IsZero)
        {
            AtomicFile.Write(_services.Disk, path, PartitionMetadataFile.Name, PartitionMetadataFile.Format(topicId));
        }

        return null;
    }

    private LogOpening OpeningOf(TopicPartition partition, string path, LogConfig config, long nowMs) => new()
    {
        Directory = path,
        Config = config,
        LogStartOffset = _checkpoints.LogStartOffset(partition),
        RecoveryPoint = _checkpoints.RecoveryPoint(partition),
        CleanShutdown = WasCleanShutdown,
        KafkaRanHere = _found.KafkaRanHere,
        Validated = _found.Validated.Logs.GetValueOrDefault(partition),
        NowMs = nowMs,
    };

    private int Guarded(Func<int> work)
    {
        if (OfflineReason is not null)
        {
            return 0;
        }

        try
        {
            return work();
        }
        catch (DiskException failure)
        {
            // What may pass is tried again with the next round. A checkpoint only gets older meanwhile, never wrong.
            OnFailure(failure);
            return 0;
        }
    }

    private void Forget(TopicPartition partition)
    {
        try
        {
            _checkpoints.Forget(partition, OpenLogs);
        }
        catch (DiskException failure) when (failure.MayPass)
        {
            // A full disk must not keep back what makes room. Before a partition is made, this is done again.
        }
    }

    private void OnFailure(DiskException failure)
    {
        if (failure.MayPass)
        {
            return;
        }

        string reason = $"Log directory {Path} is offline: {failure.Message}";
        if (Interlocked.CompareExchange(ref _offlineReason, reason, null) is not null)
        {
            return;
        }

        foreach (PartitionLog log in OpenLogs)
        {
            log.GoOffline(reason);
        }

        WentOffline?.Invoke(this, reason);
    }
}
