using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Raft;

namespace Barnabas.Broker;

/// <summary>Writes a snapshot when enough has happened since the last one, and cleans the log below.</summary>
internal sealed class MetadataSnapshots
{
    /// <summary>Until the next try after a full disk gave no room: a snapshot is large and never urgent.</summary>
    private static readonly TimeSpan RoomRetryInterval = TimeSpan.FromMinutes(1);

    private readonly IDisk _disk;
    private readonly MetadataLog _log;
    private readonly MetadataQuorumOptions _options;
    private long _sizeAtLast;
    private long _lastMs;
    private MonotonicTime _notBefore;

    public MetadataSnapshots(IDisk disk, MetadataLog log, MetadataQuorumOptions options, long nowMs)
    {
        _disk = disk;
        _log = log;
        _options = options;
        _lastMs = nowMs;
        // As if the last snapshot were of now, unless there is none at all.
        _sizeAtLast = log.LatestSnapshot is { EndOffset: > 0 } ? log.SizeInBytes : 0;
    }

    /// <summary>The state a snapshot stands for, and its difference to nothing.</summary>
    public static (MetadataImage Image, MetadataDelta Delta) Replay(SnapshotId id, MetadataSink content)
    {
        var delta = new MetadataDelta(MetadataImage.Empty);
        foreach ((long _, MessageAndVersion record) in content.Records)
        {
            // Registrations of a snapshot are as old as the snapshot.
            delta.Replay(record.Message, id.EndOffset - 1);
        }

        return (delta.Apply(id.EndOffset - 1, id.Epoch, content.LastContainedTimestampMs), delta);
    }

    /// <param name="image">The newest committed state.</param>
    /// <param name="isInTransaction">Then the image is not the state at its offset, and the snapshot waits.</param>
    public void WriteIfDue(
        MetadataImage image,
        bool isInTransaction,
        short kraftVersion,
        VoterSet voters,
        long nowMs,
        MonotonicTime now)
    {
        // Kafka counts bytes of committed records; the growth of the log is the same but for batch headers.
        bool isDue = _log.SizeInBytes - _sizeAtLast >= _options.SnapshotAfterBytes
            || (_options.SnapshotAfter is { } interval && nowMs - _lastMs >= interval.TotalMilliseconds);
        var id = new SnapshotId(image.Offset + 1, image.Epoch);
        if (!isDue || isInTransaction || now < _notBefore || image.Version is null
            || (_log.LatestSnapshot is { } latest && id.CompareTo(latest) <= 0))
        {
            return;
        }

        try
        {
            Write(image, id, kraftVersion, voters, nowMs);
            _log.AddSnapshot(id);
            _lastMs = nowMs;
            _log.Clean(_options.Retention, nowMs);
            _sizeAtLast = _log.SizeInBytes;
        }
        catch (DiskException full) when (full.MayPass)
        {
            // The log holds everything meanwhile; it only stays longer than it should.
            _notBefore = now + RoomRetryInterval;
        }
    }

    private void Write(MetadataImage image, SnapshotId id, short kraftVersion, VoterSet voters, long nowMs)
    {
        using var writer = SnapshotWriter.Create(
            _disk,
            _log.Directory,
            id.FileName,
            id.Epoch,
            nowMs,
            image.TimestampMs,
            kraftVersion,
            kraftVersion > 0 ? voters : null);
        foreach (MessageAndVersion record in ImageRecords.Of(image))
        {
            writer.Append(record);
        }

        writer.Freeze();
    }
}
