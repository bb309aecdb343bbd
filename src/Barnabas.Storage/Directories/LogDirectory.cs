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
    private readonly IDirectoryLock _lock;
    private readonly DirectoryState _found;
    private readonly SyncTogether _together;
    private readonly DirectoryCheckpoints _checkpoints;
    private readonly DeletionQueue _deletions;
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, PartitionLog> _logs = [];
    private readonly HashSet<TopicPartition> _unopened;
    private readonly List<PartitionLog> _made = [];
    private readonly List<PartitionLog> _perhapsMade = [];
    private readonly Uuid _session;
    private string? _offlineReason;

    // Kept until a log comes or goes: who looks after them asks several times a second, and they may be many.
    private PartitionLog[]? _openLogs;

    internal LogDirectory(LogServices services, DirectoryState found, IDirectoryLock directoryLock)
    {
        _services = services;
        _found = found;
        _lock = directoryLock;
        _session = Uuid.Random(services.Entropy);
        _together = new SyncTogether(directoryLock, found.Path);
        _checkpoints = new DirectoryCheckpoints(services.Disk, found, () => OpenLogs, _together);
        _deletions = new DeletionQueue(services.Disk);
        _unopened = [.. found.Partitions];
        foreach (string name in found.Deleted)
        {
            _deletions.Add($"{found.Path}/{name}", isDirectory: true, dueMs: 0);
        }
    }

    /// <summary>Raised once, on the thread that met the failure, when the directory goes offline.</summary>
    public event Action<LogDirectory, string>? WentOffline;

    /// <summary>
    /// Raised once for each log, on the thread of a reader that met bytes that are no batch: what they were is lost,
    /// and readers of them get <see cref="ErrorCode.CorruptMessage"/>.
    /// </summary>
    public event Action<TopicPartition, string>? FoundDamage;

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
                return _openLogs ??= [.. _logs.Values];
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
            bool isNew = !WasFound(partition) && !_services.Disk.DirectoryExists(path);
            IReadOnlyList<string> names = isNew ? Make(partition, path, topicId) : _services.Disk.List(path);
            if (!isNew && TopicIdCheck.FindMismatch(_services.Disk, path, names, topicId) is { } mismatch)
            {
                return LogOpenResult.Failed(ErrorCode.InconsistentTopicId, mismatch);
            }

            LogOpening opening = _checkpoints.Complete(
                new LogOpening
                {
                    Directory = path,
                    Config = config,
                    Names = names,
                    IsNew = isNew,
                    CleanShutdown = WasCleanShutdown,
                    KafkaRanHere = _found.KafkaRanHere,
                    NowMs = nowMs,
                },
                partition);
            OpenedLog opened = new LogRecovery(_services.Disk, opening, this).Open();
            var log = new PartitionLog(
                new LogIdentity(partition, topicId, path), _services, config, opened, opening.HighWatermark, this)
            {
                Noted = opening.Validated,
            };
            Serve(log, opening);
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
    /// Takes those of these partitions that lie here out: their logs answer no more, their directories are renamed at
    /// once and removed after <c>file.delete.delay.ms</c>. Blocks, about as long for many as for one.
    /// </summary>
    public void Delete(IReadOnlyCollection<TopicPartition> partitions, long nowMs)
    {
        var gone = new List<(TopicPartition Id, PartitionLog? Log)>();
        lock (_gate)
        {
            _openLogs = null;
            foreach (TopicPartition partition in partitions)
            {
                if (_logs.Remove(partition, out PartitionLog? log) | _unopened.Remove(partition))
                {
                    gone.Add((partition, log));
                }
            }
        }

        if (gone.Count == 0 || OfflineReason is not null)
        {
            return;
        }

        try
        {
            foreach ((TopicPartition id, PartitionLog? log) in gone)
            {
                log?.GoOffline($"{id} was deleted");
                log?.ReleaseFiles();
            }

            TakeOut(gone.ConvertAll(static one => one.Id), wereOpen: gone.Exists(static one => one.Log is not null));
            string[] renamed = new string[gone.Count];
            for (int i = 0; i < renamed.Length; i++)
            {
                TopicPartition id = gone[i].Id;
                renamed[i] = $"{Path}/{PartitionDirectoryName.OfDeleted(id, Uuid.Random(_services.Entropy))}";
                _services.Disk.Rename($"{Path}/{PartitionDirectoryName.Of(id)}", renamed[i]);
            }

            // Synced before anything in them goes: under their old names they must be whole.
            _services.Disk.SyncDirectory(Path);
            for (int i = 0; i < renamed.Length; i++)
            {
                long delay = gone[i].Log?.Config.FileDeleteDelayMs ?? 0;
                _deletions.Add(renamed[i], isDirectory: true, nowMs + delay);
            }
        }
        catch (DiskException failure)
        {
            OnFailure(failure);
        }
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
            TakeOut([partition], wereOpen: false);
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

    /// <summary>
    /// Makes it durable that partitions made since the last call exist. Until then a loss of power takes them, and with
    /// them records that were not synced either. Blocks.
    /// </summary>
    public void SyncMade() => Guarded(() =>
    {
        PartitionLog[] made;
        lock (_gate)
        {
            made = [.. _made];
        }

        if (made.Length > SyncTogether.FewLogs)
        {
            _together.SyncAll();
            Array.ForEach(made, static log => log.Flusher.MarkKnownToLast());
        }
        else
        {
            Array.ForEach(made, static log => log.SyncNames());
        }

        lock (_gate)
        {
            _made.RemoveRange(0, made.Length);
        }

        return made.Length;
    });

    /// <summary>Removes files and directories whose delay has passed. Blocks. Returns how many names went.</summary>
    public int RemoveDeleted(long nowMs) => Guarded(() => _deletions.RemoveDue(nowMs));

    /// <summary>
    /// Notes how far all logs are valid, for a start after the process was killed; about once a second. Blocks a
    /// little.
    /// </summary>
    public void WriteValidatedPositions() => Guarded(() => _checkpoints.WriteValidatedPositions(_session));

    /// <summary>Writes Kafka's <c>replication-offset-checkpoint</c>. Blocks.</summary>
    public void CheckpointHighWatermarks() => Guarded(() => _checkpoints.WriteHighWatermarks());

    /// <summary>Writes Kafka's recovery points (what was synced) and log start offsets. Blocks.</summary>
    public void CheckpointOffsets() => Guarded(() =>
    {
        lock (_gate)
        {
            _made.AddRange(_perhapsMade);
            _perhapsMade.Clear();
        }

        _checkpoints.WriteRecoveryPoints();
        _checkpoints.WriteLogStartOffsets();
        return 0;
    });

    /// <summary>
    /// Flushes and closes all logs, writes all checkpoints and, as the last thing, the clean-shutdown marker; that one
    /// only if every log of the directory is known to be sound. Then gives the directory's lock back. Blocks.
    /// </summary>
    /// <param name="brokerEpoch">
    /// Kept in the marker (KIP-966); -1 if there is none, and then that of the marker that was found is kept.
    /// </param>
    /// <returns>True if the shutdown was clean.</returns>
    public bool Close(long brokerEpoch)
    {
        bool clean = Guarded(() => CloseLogs(brokerEpoch) ? 1 : 0) == 1;
        Dispose();
        return clean;
    }

    /// <summary>Gives the lock back without closing anything, as the end of the process would.</summary>
    public void Dispose() => _lock.Dispose();

    OpenSegments ILogHost.OpenSegments => _services.OpenSegments;

    void ILogHost.DeleteFileAt(string path, long dueMs) => _deletions.Add(path, isDirectory: false, dueMs);

    void ILogHost.LowerRecoveryPoint(TopicPartition partition, Offset recoveryPoint) =>
        _checkpoints.LowerRecoveryPoint(partition, recoveryPoint);

    void ILogHost.OnDamage(TopicPartition partition, string what) => FoundDamage?.Invoke(partition, what);

    void ILogHost.OnFailure(DiskException failure) => OnFailure(failure);

    private bool CloseLogs(long brokerEpoch)
    {
        IReadOnlyList<PartitionLog> logs = OpenLogs;
        // After a clean start, what nobody touched is as durable as it was.
        List<PartitionLog> unsynced = logs.Where(log => log.IsTouched || !WasCleanShutdown).ToList();
        bool together = unsynced.Count > SyncTogether.FewLogs;
        foreach (PartitionLog log in unsynced)
        {
            lock (log.Gate)
            {
                if (log.IsTouched)
                {
                    log.Seal(sync: !together);
                }
            }
        }

        if (together)
        {
            _together.Flush(unsynced);
        }

        if (OfflineReason is not null || (!together && !FlushEach(unsynced)))
        {
            return false;
        }

        _checkpoints.WriteValidatedPositions(_session);
        foreach (PartitionLog log in logs)
        {
            log.GoOffline($"{log.Partition} is closed");
            log.ReleaseFiles();
        }

        _checkpoints.WriteRecoveryPoints();
        _checkpoints.WriteLogStartOffsets();
        _checkpoints.WriteHighWatermarks();
        bool sound;
        lock (_gate)
        {
            // What was not sound at start and has not been opened since may need recovery still.
            sound = WasCleanShutdown || _unopened.Count == 0;
        }

        if (sound)
        {
            long epoch = brokerEpoch < 0 ? CleanShutdownBrokerEpoch : brokerEpoch;
            _checkpoints.WriteMarker(new CleanShutdownMarker(epoch, _session));
        }

        return sound;
    }

    private static bool FlushEach(List<PartitionLog> logs)
    {
        foreach (PartitionLog log in logs)
        {
            if (log.Flush() != ErrorCode.None || log.SyncNames() != ErrorCode.None)
            {
                return false;
            }

            log.Flusher.WriteEpochs(log);
        }

        return true;
    }

    private bool WasFound(TopicPartition partition)
    {
        lock (_gate)
        {
            return _unopened.Contains(partition);
        }
    }

    private void Serve(PartitionLog log, LogOpening opening)
    {
        lock (_gate)
        {
            _unopened.Remove(log.Partition);
            _logs.Add(log.Partition, log);
            _openLogs = null;
            if (opening.IsNew)
            {
                _made.Add(log);
            }
            else if (!WasCleanShutdown && opening.RecoveryPoint == Offset.Zero)
            {
                // Made just before the process was killed, perhaps. It waits: a start has better to do.
                _perhapsMade.Add(log);
            }
        }

        // In this order: a checkpoint that is written meanwhile finds the log in one place at least.
        _checkpoints.Forget(log.Partition);
    }

    // As few calls as can be, and none that waits: see SyncMade.
    private string[] Make(TopicPartition partition, string path, Uuid topicId)
    {
        _checkpoints.TakeOut([partition], wereOpen: false);
        _services.Disk.CreateDirectory(path);
        lock (_gate)
        {
            // Whatever fails from here on, there is something to delete.
            _unopened.Add(partition);
        }

        if (!topicId.IsZero)
        {
            PartitionMetadataFile.Write(_services.Disk, path, topicId);
        }

        return [];
    }

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

    private void TakeOut(IReadOnlyCollection<TopicPartition> partitions, bool wereOpen)
    {
        try
        {
            _checkpoints.TakeOut(partitions, wereOpen);
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
