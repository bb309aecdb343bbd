using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Raft;

/// <summary>
/// Writes a snapshot: a header, the records in batches, a footer. The file has its name only once it is whole and
/// durable, so a crash leaves no snapshot rather than a part of one. Disposing without <see cref="Freeze"/> gives it
/// up.
/// </summary>
public sealed class SnapshotWriter : IDisposable
{
    /// <summary>Kafka's limit for a batch of the metadata log.</summary>
    public const int BatchBytesMax = 8 * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly string _name;
    private readonly int _epoch;
    private readonly long _nowMs;
    private readonly RecordBatchBuilder _builder = new(new CompressionCodecs(), BatchBytesMax);
    private readonly IDiskFile _file;
    private long _nextOffset;
    private bool _isClosed;

    private SnapshotWriter(IDisk disk, string directory, string name, int epoch, long nowMs)
    {
        _disk = disk;
        _directory = directory;
        _name = name;
        _epoch = epoch;
        _nowMs = nowMs;
        _file = disk.Open(PartialPath, FileOpening.CreateOrTruncate);
    }

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    private string PartialPath => $"{_directory}/{_name}.part";

    /// <param name="directory">Must exist.</param>
    /// <param name="name">The file's name when it is complete.</param>
    /// <param name="lastContainedTimestampMs">The time stamp of the last log record that the snapshot stands
    /// for.</param>
    /// <param name="voters">Written if <paramref name="kraftVersion"/> is above 0; null if there are none yet.</param>
    public static SnapshotWriter Create(
        IDisk disk,
        string directory,
        string name,
        int epoch,
        long nowMs,
        long lastContainedTimestampMs,
        short kraftVersion,
        VoterSet? voters)
    {
        var writer = new SnapshotWriter(disk, directory, name, epoch, nowMs);
        try
        {
            writer.WriteBatch(
                ControlBatches.SnapshotHeader(epoch, nowMs, lastContainedTimestampMs, kraftVersion, voters));
        }
        catch (DiskException)
        {
            writer.Dispose();
            throw;
        }

        writer.BeginBatch();
        return writer;
    }

    public void Append(MessageAndVersion record)
    {
        byte[] value = MetadataRecordCodec.ToBytes(record);
        if (_builder.TryAppend(_nowMs, OptionalBytes.Null, value))
        {
            return;
        }

        EndBatch();
        BeginBatch();
        bool fits = _builder.TryAppend(_nowMs, OptionalBytes.Null, value);
        Invariant.That(fits);
    }

    /// <summary>Completes the file and gives it its name. Durable when it returns.</summary>
    public void Freeze()
    {
        EndBatch();
        WriteBatch(ControlBatches.SnapshotFooter(_nextOffset, _epoch, _nowMs));
        _file.Sync();
        _isClosed = true;
        _file.Dispose();
        _disk.Rename(PartialPath, $"{_directory}/{_name}");
        _disk.SyncDirectory(_directory);
    }

    public void Dispose()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _file.Dispose();
            _disk.DeleteFile(PartialPath);
        }
    }

    private void BeginBatch() => _builder.Reset(new RecordBatchTemplate
    {
        BaseOffset = new Offset(_nextOffset),
        PartitionLeaderEpoch = new LeaderEpoch(_epoch),
    });

    private void EndBatch()
    {
        if (_builder.RecordCount > 0)
        {
            WriteBatch(_builder.Build());
        }
    }

    private void WriteBatch(Memory<byte> batch)
    {
        _file.Write(batch.Span, Length);
        Length += batch.Length;
        _nextOffset = new RecordBatch(batch.Span).NextOffset.Value;
    }
}
