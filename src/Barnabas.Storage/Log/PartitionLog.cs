using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Storage;

/// <summary>
/// The log of one partition: Kafka's files, appended to by one writer and read by any number of readers.
/// </summary>
/// <remarks>
/// Threads: what writes (append, truncate, roll, retention, start offset, configuration) is called under
/// <see cref="Gate"/>, one caller at a time. Reads, searches and the offset properties take no lock and may be called
/// from any thread. <see cref="Flush()"/> takes the gate for moments only and never while it syncs.
/// <para>
/// Invariants: LogStartOffset &lt;= LastStableOffset &lt;= HighWatermark &lt;= LogEndOffset; RecoveryPoint &lt;=
/// LogEndOffset; LogStartOffset never falls; LogEndOffset falls by truncation alone.
/// </para>
/// <para>
/// Failures: a full disk refuses the append with a retriable error and leaves the log as it was; every other failure of
/// the disk takes the log offline and tells its directory. Nothing is ever retried after a failed sync.
/// </para>
/// </remarks>
public sealed class PartitionLog
{
    private readonly LogServices _services;
    private readonly LogContents _contents;
    private readonly LogFlusher _flusher;
    private readonly ILogHost _host;
    private LogConfig _config;
    private long _logStart;
    private long _logEnd;
    private long _appendedBytes;
    private long _highWatermark;
    private long _firstUnstable = long.MaxValue;
    private string? _offlineReason;
    private bool _hasChanged;
    private bool _hasToldDamage;

    internal PartitionLog(
        LogIdentity identity,
        LogServices services,
        LogConfig config,
        OpenedLog opened,
        Offset highWatermark,
        ILogHost host)
    {
        Identity = identity;
        Recovery = opened.Report;
        _services = services;
        _config = config;
        _contents = opened.Contents;
        _host = host;
        _logStart = opened.LogStartOffset.Value;
        _logEnd = opened.EndOffset.Value;
        _highWatermark = Math.Clamp(highWatermark.Value, _logStart, _logEnd);
        _flusher = new LogFlusher(services.Disk, identity.Directory, opened);
        IsNew = opened.IsNew;
        _contents.Producers.OnHighWatermark(new Offset(_highWatermark));
        PublishFirstUnstable();
    }

    /// <summary>The writer's lock.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Which partition of which topic, in which directory.</summary>
    public LogIdentity Identity { get; }

    public TopicPartition Partition => Identity.Partition;

    /// <summary>What the log works by; see <see cref="Configure"/>.</summary>
    public LogConfig Config => Volatile.Read(ref _config);

    /// <summary>The first offset there is; rises with retention and DeleteRecords.</summary>
    public Offset LogStartOffset => new(Volatile.Read(ref _logStart));

    /// <summary>The offset of the next record.</summary>
    public Offset LogEndOffset => new(Volatile.Read(ref _logEnd));

    /// <summary>Where the segment begins that is appended to; a change of it is a roll.</summary>
    public Offset ActiveSegmentBase => _contents.Segments.Active.BaseOffset;

    /// <summary>
    /// Bytes appended since the log was opened; only grows. Published behind <see cref="LogEndOffset"/>: who reads this
    /// number first and the offset then knows of no byte without its offset.
    /// </summary>
    public long AppendedBytes => Volatile.Read(ref _appendedBytes);

    /// <summary>All below it is replicated to the in-sync replicas; consumers see no further.</summary>
    public Offset HighWatermark => new(Volatile.Read(ref _highWatermark));

    /// <summary>Read-committed consumers see no further (KIP-98).</summary>
    public Offset LastStableOffset
    {
        get
        {
            long stable = Math.Min(Volatile.Read(ref _firstUnstable), Volatile.Read(ref _highWatermark));
            return new Offset(Math.Max(stable, Volatile.Read(ref _logStart)));
        }
    }

    /// <summary>All below it is on the device.</summary>
    public Offset RecoveryPoint => _flusher.RecoveryPoint;

    /// <summary>Where each leader epoch begins.</summary>
    public LeaderEpochCache LeaderEpochs => _contents.Epochs;

    /// <summary>Bytes of all segments.</summary>
    public long SizeInBytes => _contents.Segments.SizeInBytes;

    /// <summary>How many segments there are, at least 1.</summary>
    public int SegmentCount => _contents.Segments.All.Length;

    /// <summary>Idempotent producers that are remembered. Under the gate.</summary>
    public int ProducerCount => _contents.Producers.Count;

    /// <summary>Why the log neither takes nor gives records any more; null while it does.</summary>
    public string? OfflineReason => Volatile.Read(ref _offlineReason);

    /// <summary>What opening this log had to do.</summary>
    public RecoveryReport Recovery { get; }

    internal ILogHost Host => _host;

    /// <summary>
    /// Was it made, or its files changed, in this life? Else a clean close leaves them alone. Under the gate.
    /// </summary>
    internal bool IsTouched => IsNew || _hasChanged;

    internal bool IsNew { get; }

    /// <summary>What the file of validated positions says of this log. Belongs to the checkpoints.</summary>
    internal ValidatedPosition? Noted { get; set; }

    internal LogContents Contents => _contents;

    private bool HasRolled => _contents.Segments.Active.BaseOffset > _flusher.RecoveryPointOfIndexes;

    internal LogFlusher Flusher => _flusher;

    /// <summary>Works by another configuration from the next call on.</summary>
    public void Configure(LogConfig config) => Volatile.Write(ref _config, config);

    /// <summary>
    /// Appends one batch as the partition's leader: validates it, stamps offsets, epoch and timestamp where it lies,
    /// writes it. Under the gate. Allocates nothing unless the batch is refused, recompressed or the segment rolls.
    /// </summary>
    /// <param name="records">One batch; changed in place.</param>
    /// <param name="nowMs">The wall clock, milliseconds since 1970.</param>
    /// <returns>
    /// Retriable: <see cref="ErrorCode.KafkaStorageError"/> (a full disk, or a log gone offline). An error means that
    /// nothing was appended.
    /// </returns>
    public AppendResult AppendAsLeader(Span<byte> records, LeaderEpoch epoch, AppendOrigin origin, long nowMs)
    {
        if (OfflineReason is { } reason)
        {
            return AppendResult.Refused(ErrorCode.KafkaStorageError, reason);
        }

        LogConfig config = Config;
        var context = new AppendContext(origin, LogEndOffset, epoch, nowMs);
        ValidationResult valid = _services.Validator.Validate(records, config.Append, context);
        if (valid.Error != ErrorCode.None)
        {
            return AppendResult.Refused(valid.Error, valid.Message, valid.RecordErrors);
        }

        ReadOnlySpan<byte> bytes = valid.Replacement is { } replacement
            ? replacement.Span
            : records[..valid.ValidBytes];
        if (bytes.Length > config.SegmentBytes)
        {
            return AppendResult.Refused(
                ErrorCode.RecordListTooLarge, $"{bytes.Length} bytes do not fit a segment of {config.SegmentBytes}");
        }

        try
        {
            ProducerCheck check = LogWriter.CheckProducer(new RecordBatch(bytes), origin, _contents.Producers);
            if (check.Error != ErrorCode.None)
            {
                return AppendResult.Refused(check.Error, check.Message);
            }

            if (check.IsDuplicate)
            {
                return Duplicate(check.Original);
            }

            Store(bytes, valid.BaseOffset, valid.LastOffset, valid.MaxTimestamp, config, nowMs);
        }
        catch (DiskException failure)
        {
            _contents.Producers.OnRefused(new RecordBatch(bytes));
            return AppendResult.Refused(ErrorCode.KafkaStorageError, OnFailure(failure));
        }

        return new AppendResult
        {
            BaseOffset = valid.BaseOffset,
            LastOffset = valid.LastOffset,
            LogAppendTime = valid.LogAppendTime,
            LogStartOffset = LogStartOffset,
        };
    }

    /// <summary>
    /// Appends what the leader sent, as it is: any number of batches with their offsets and epochs. Under the gate.
    /// Batches of an epoch above <paramref name="currentEpoch"/> are left out.
    /// </summary>
    public AppendResult AppendAsFollower(ReadOnlySpan<byte> records, LeaderEpoch currentEpoch, long nowMs)
    {
        if (OfflineReason is { } reason)
        {
            return AppendResult.Refused(ErrorCode.KafkaStorageError, reason);
        }

        ReplicatedRecords found = ReplicatedRecords.Inspect(records, currentEpoch);
        if (found.Error != ErrorCode.None)
        {
            return AppendResult.Refused(found.Error, found.Message);
        }

        Offset next = LogEndOffset;
        if (found.BatchCount > 0 && found.FirstOffset < next)
        {
            return AppendResult.Refused(
                ErrorCode.OffsetOutOfRange, $"The leader sent offset {found.FirstOffset}; the log ends at {next}");
        }

        if (found.LastOffset - found.FirstOffset > int.MaxValue)
        {
            // More than a segment can hold, and so more than any leader can have read from one.
            return AppendResult.Refused(
                ErrorCode.CorruptMessage, $"Offsets {found.FirstOffset} to {found.LastOffset} fit no segment");
        }

        try
        {
            if (found.BatchCount > 0)
            {
                ReadOnlySpan<byte> bytes = records[..found.ValidBytes];
                Store(bytes, found.FirstOffset, found.LastOffset, found.MaxTimestamp, Config, nowMs);
            }
        }
        catch (DiskException failure)
        {
            return AppendResult.Refused(ErrorCode.KafkaStorageError, OnFailure(failure));
        }

        return new AppendResult
        {
            BaseOffset = found.FirstOffset,
            LastOffset = found.LastOffset,
            LogAppendTime = RecordBatch.NoTimestamp,
            LogStartOffset = LogStartOffset,
        };
    }

    /// <summary>
    /// Finds the bytes to send to who has read up to <paramref name="from"/>: whole batches of one segment, the last
    /// possibly cut off. Lock-free; allocates nothing.
    /// </summary>
    /// <param name="limit">
    /// No batch that reaches it: the high watermark, the last stable or the log end offset, all of them between
    /// batches.
    /// </param>
    /// <param name="atLeastOneBatch">The first batch even if it is larger than <paramref name="maxBytes"/>
    /// (KIP-74).</param>
    /// <param name="mayWait">
    /// False on a thread that must not wait for the device: what is not in memory comes back as
    /// <see cref="LogRead.IsCold"/>, to be read once by a thread that may.
    /// </param>
    public LogRead Read(Offset from, int maxBytes, Offset limit, bool atLeastOneBatch, bool mayWait = true) =>
        LogReading.Read(this, from, maxBytes, limit, atLeastOneBatch, mayWait);

    /// <summary>
    /// What a read-committed consumer must skip of the records in [<paramref name="from"/>, <paramref name="limit"/>);
    /// null if nothing, and then nothing was allocated. Else as many as markers lie in these records and producers were
    /// in a transaction at their end, at most. Lock-free; reads the indexes of aborted transactions, if there are any.
    /// </summary>
    /// <param name="limit">See <see cref="LogRead.Limit"/>.</param>
    /// <returns>
    /// None, KafkaStorageError, which may pass, or OffsetOutOfRange if the records were deleted since they were found.
    /// </returns>
    public ErrorCode FindAborted(Offset from, Offset limit, out List<AbortedTransaction>? aborted) =>
        LogReading.FindAborted(this, from, limit, out aborted);

    /// <summary>The open transaction that began first; null if none is open. Under the gate.</summary>
    public OpenTransaction? OldestTransaction => _contents.Producers.OldestTransaction;

    /// <summary>
    /// Answers ListOffsets: a timestamp, or one of <see cref="SearchedTimestamp"/>. Lock-free; may read much.
    /// </summary>
    public TimestampOffset FindOffsetByTimestamp(long timestamp) => LogReading.FindOffset(this, _services, timestamp);

    /// <summary>Answers OffsetForLeaderEpoch (KIP-101, KIP-279).</summary>
    public EpochEndOffset EndOffsetForEpoch(LeaderEpoch epoch) => LeaderEpochs.EndOffsetFor(epoch, LogEndOffset);

    /// <summary>
    /// This broker leads in a new epoch from here on, even if nothing is ever written in it: followers ask where it
    /// began (KIP-101). Under the gate.
    /// </summary>
    public void BeginEpoch(LeaderEpoch epoch)
    {
        // A node that starts from a metadata snapshot hears of leaderships that are over: they must not wipe out the
        // epochs that the log has seen since (I-02).
        if (epoch > LeaderEpochs.Latest)
        {
            LeaderEpochs.Assign(epoch, LogEndOffset);
        }
    }

    /// <summary>
    /// Moves the high watermark, into the bounds of the log. Under the gate. Returns where it is now.
    /// </summary>
    public Offset UpdateHighWatermark(Offset highWatermark)
    {
        long value = Math.Clamp(highWatermark.Value, LogStartOffset.Value, LogEndOffset.Value);
        Volatile.Write(ref _highWatermark, value);
        if (_firstUnstable != long.MaxValue)
        {
            _contents.Producers.OnHighWatermark(new Offset(value));
            PublishFirstUnstable();
        }

        return new Offset(value);
    }

    /// <summary>
    /// Raises the log start offset (DeleteRecords, or a follower of a leader that did). Under the gate.
    /// OffsetOutOfRange if it lies beyond the high watermark; an offset at or below the present one changes nothing.
    /// </summary>
    public ErrorCode AdvanceLogStartOffset(Offset offset)
    {
        if (offset > HighWatermark)
        {
            return ErrorCode.OffsetOutOfRange;
        }

        if (offset > LogStartOffset)
        {
            Volatile.Write(ref _logStart, offset.Value);
            LeaderEpochs.TruncateFromStart(offset);
        }

        return ErrorCode.None;
    }

    /// <summary>Seals the active segment and begins a new one, unless it is empty. Under the gate.</summary>
    public ErrorCode Roll(long nowMs) => Change(contents =>
    {
        if (contents.Segments.Active.Size > 0)
        {
            RollAt(LogEndOffset, contents, Config, nowMs);
        }
    });

    /// <summary>
    /// Cuts the log off before this offset, as a follower does that disagrees with its leader. Under the gate; blocks
    /// on the device. An offset within a batch takes the whole batch away.
    /// </summary>
    public ErrorCode TruncateTo(Offset offset, long nowMs) => Change(contents =>
        LogTruncation.To(this, contents, offset, nowMs));

    /// <summary>
    /// Drops everything and goes on at this offset, as a follower does that is too far behind. Under the gate; blocks
    /// on the device.
    /// </summary>
    public ErrorCode TruncateFullyAndStartAt(Offset offset, long nowMs) => Change(contents =>
        LogTruncation.Restart(this, contents, offset, nowMs));

    /// <summary>
    /// Removes segments whose time has come; their files follow later. Takes the gate for a moment, and not while it
    /// renames files: appends wait for it. Blocks.
    /// </summary>
    public RetentionResult DeleteOldSegments(long nowMs)
    {
        RetentionResult result = default;
        Guarded(log => result = log._flusher.DeleteOldSegments(log, nowMs));
        return result;
    }

    /// <summary>Forgets idempotent producers that have been silent for too long (KIP-360). Under the gate.</summary>
    public int RemoveExpiredProducers(long nowMs) =>
        _contents.Producers.RemoveExpired(nowMs, _services.ProducerIdExpirationMs);

    /// <summary>
    /// True if <c>flush.messages</c> or <c>flush.ms</c> ask for a flush. The first is due before the records that
    /// exceed it are acknowledged.
    /// </summary>
    public bool IsFlushDue(long nowMs) => _flusher.IsDue(LogEndOffset, Config, nowMs);

    /// <summary>
    /// Makes all that is appended now durable and moves the recovery point there, unless a full disk has no room for
    /// the epochs.
    /// </summary>
    /// <remarks>From any thread; blocks on the device.</remarks>
    public ErrorCode Flush() => Flush(FlushScope.Everything);

    /// <summary>
    /// As <see cref="Flush()"/>, but only as much as the records need to outlive a loss of power: one sync.
    /// </summary>
    public ErrorCode FlushRecords() => Flush(FlushScope.Records);

    /// <summary>As <see cref="Flush()"/>, but the active segment is left alone: what follows a roll.</summary>
    public ErrorCode FlushSealedSegments() => HasRolled ? Flush(FlushScope.SealedSegments) : ErrorCode.None;

    /// <summary>
    /// What a roll left to be done, and what <see cref="FlushSealedSegments"/> can do without a commit of the file
    /// system's journal. Done for many logs before their flushes it leaves them one commit, and that a short one:
    /// appends may wait for it. Blocks on the device.
    /// </summary>
    public ErrorCode WriteOutSealedSegments() => Guarded(static log =>
    {
        log._contents.Snapshots.WritePrepared();
        if (log.HasRolled)
        {
            log._flusher.WriteOutSealed(log);
        }
    });

    /// <summary>Closes files that nobody reads at the moment. They open again by themselves.</summary>
    public void ReleaseFiles() => _contents.Segments.ReleaseFiles();

    /// <summary>Says why; a failure that will not pass takes the log offline, and its directory with it.</summary>
    internal string OnFailure(DiskException failure)
    {
        if (failure.MayPass)
        {
            return failure.Message;
        }

        string reason = $"{Partition} is offline: {failure.Message}";
        if (Interlocked.CompareExchange(ref _offlineReason, reason, null) is null)
        {
            _host.OnFailure(failure);
        }

        return reason;
    }

    /// <summary>
    /// A reader met bytes that are no batch. Told once: readers come again and again.
    /// </summary>
    internal void OnDamage(string what)
    {
        if (!Interlocked.Exchange(ref _hasToldDamage, true))
        {
            _host.OnDamage(Partition, what);
        }
    }

    /// <summary>
    /// The directory has failed: whatever this log still holds in memory is not to be trusted either.
    /// </summary>
    internal void GoOffline(string reason) => Interlocked.CompareExchange(ref _offlineReason, reason, null);

    /// <summary>Makes it durable that this log exists, and whose it is. Blocks on the device.</summary>
    internal ErrorCode SyncNames() => Guarded(static log => log._flusher.SyncNames(log));

    /// <summary>Before a clean close: what a start without recovery relies on. Under the gate.</summary>
    /// <param name="sync">False if all files are synced later, together.</param>
    internal void Seal(bool sync)
    {
        if (OfflineReason is null)
        {
            try
            {
                _contents.Segments.Active.Seal();
                _contents.Segments.Active.WriteIndexes();
                _contents.Snapshots.WritePrepared();
                if (_contents.Producers.Count > 0)
                {
                    _contents.Snapshots.Write(_contents.Producers, sync);
                }
            }
            catch (DiskException failure)
            {
                OnFailure(failure);
            }
        }
    }

    internal void RollAt(Offset baseOffset, LogContents contents, LogConfig config, long nowMs)
    {
        long jitter = config.SegmentJitterMs <= 0
            ? 0
            : (long)(_services.Entropy.NextUInt64() % (ulong)config.SegmentJitterMs);
        // A snapshot at the base of each segment bounds what recovery replays to one segment.
        contents.Producers.MapEndOffset = baseOffset;
        contents.Snapshots.Prepare(contents.Producers);
        _hasChanged = true;
        contents.Segments.Roll(baseOffset, config, nowMs, jitter);
        _flusher.NamesChanged();
    }

    /// <summary>Sets the bounds after a truncation or a deletion. The high watermark follows into them.</summary>
    internal void SetBounds(Offset logStart, Offset logEnd)
    {
        _hasChanged = true;
        Volatile.Write(ref _logEnd, logEnd.Value);
        Volatile.Write(ref _logStart, logStart.Value);
        Volatile.Write(ref _highWatermark, Math.Clamp(_highWatermark, logStart.Value, logEnd.Value));
        PublishFirstUnstable();
    }

    private ErrorCode Flush(FlushScope scope) => scope switch
    {
        FlushScope.Records => Guarded(static log => log._flusher.Flush(log, FlushScope.Records)),
        FlushScope.SealedSegments => Guarded(static log => log._flusher.Flush(log, FlushScope.SealedSegments)),
        _ => Guarded(static log => log._flusher.Flush(log, FlushScope.Everything)),
    };

    private ErrorCode Guarded(Action<PartitionLog> work)
    {
        if (OfflineReason is not null)
        {
            return ErrorCode.KafkaStorageError;
        }

        try
        {
            work(this);
            return ErrorCode.None;
        }
        catch (DiskException failure)
        {
            OnFailure(failure);
            return ErrorCode.KafkaStorageError;
        }
    }

    private void Store(
        ReadOnlySpan<byte> bytes, Offset first, Offset last, long maxTimestamp, LogConfig config, long nowMs)
    {
        if (LogWriter.IsRollDue(_contents.Segments.Active, bytes.Length, last, maxTimestamp, config, nowMs))
        {
            RollAt(first, _contents, config, nowMs);
        }

        _hasChanged = true;
        Segment segment = _contents.Segments.Active;
        int size = LogWriter.Write(segment, bytes, _contents, config);
        // The offset before the size: see LogEnd.
        Volatile.Write(ref _logEnd, last.Value + 1);
        Volatile.Write(ref _appendedBytes, _appendedBytes + bytes.Length);
        segment.Publish(size);
        PublishFirstUnstable();
    }

    private AppendResult Duplicate(BatchMetadata original) => new()
    {
        BaseOffset = new Offset(original.FirstOffset),
        LastOffset = new Offset(original.LastOffset),
        // As Apache Kafka answers, whoever set the timestamp.
        LogAppendTime = original.Timestamp,
        LogStartOffset = LogStartOffset,
        IsDuplicate = true,
    };

    private ErrorCode Change(Action<LogContents> change)
    {
        if (OfflineReason is not null)
        {
            return ErrorCode.KafkaStorageError;
        }

        try
        {
            change(_contents);
            return ErrorCode.None;
        }
        catch (DiskException failure)
        {
            OnFailure(failure);
            return ErrorCode.KafkaStorageError;
        }
    }

    private void PublishFirstUnstable() => Volatile.Write(
        ref _firstUnstable, _contents.Producers.FirstUnstableOffset?.Value ?? long.MaxValue);
}
