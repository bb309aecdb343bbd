using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Coordination;

/// <summary>Feeds a shard with the batches of its log.</summary>
internal sealed class CoordinatorReplay(CompressionCodecs codecs, CoordinatorCounters counters)
{
    private readonly RecordScratch _scratch = new();

    /// <summary>Replays one batch. Null, or what is wrong with the log.</summary>
    public string? Replay(ICoordinatorShard shard, RecordBatch batch)
    {
        if (!batch.IsCrcValid())
        {
            return $"the batch at offset {batch.BaseOffset} has a wrong checksum";
        }

        RecordReader records = _scratch.Read(batch, codecs, DecompressionLimit.Default);
        while (records.MoveNext())
        {
            Record record = records.Current;
            string? damage = batch.IsControl
                ? ReplayMarker(shard, batch, record)
                : ReplayRecord(shard, batch, record);
            if (damage is not null)
            {
                return damage;
            }
        }

        return records.Fault == RecordFault.None
            ? null
            : $"the records of the batch at offset {batch.BaseOffset} cannot be read: {records.Fault}";
    }

    private static string? ReplayMarker(ICoordinatorShard shard, RecordBatch batch, Record record)
    {
        if (ControlRecord.TryReadKey(record.Key.Span, out ControlRecordType type)
            && type is ControlRecordType.Commit or ControlRecordType.Abort)
        {
            shard.ReplayEndOfTransaction(batch.Producer.ProducerId, type == ControlRecordType.Commit);
        }

        return null;
    }

    private string? ReplayRecord(ICoordinatorShard shard, RecordBatch batch, Record record)
    {
        RecordDecoding decoding = shard.Codec.TryReadKey(record.Key.Span, out IRecordMessage? key);
        if (decoding == RecordDecoding.UnknownType || (key is not null && !shard.Serves(key.RecordType)))
        {
            // A newer broker's, or of a kind of group that this node does not serve: it stays in the log for those who
            // do.
            counters.CountUnserved();
            return null;
        }

        MessageAndVersion value = default;
        if (decoding == RecordDecoding.Ok && !record.Value.IsNull)
        {
            decoding = shard.Codec.TryReadValue(key!.RecordType, record.Value.Span, out value);
        }

        if (decoding != RecordDecoding.Ok)
        {
            return $"the record at offset {record.Offset} cannot be read: {decoding}";
        }

        var read = new CoordinatorRecord(key!, record.Value.IsNull ? null : value);
        try
        {
            if (batch.IsTransactional)
            {
                counters.CountTransactional();
                shard.ReplayTransactional(record.Offset, batch.Producer.ProducerId, read);
            }
            else
            {
                counters.CountReplayed();
                shard.Replay(record.Offset, read);
            }
        }
        catch (Exception broken) when (broken is InvariantBrokenException or ArgumentException)
        {
            return $"the record at offset {record.Offset} contradicts itself: {broken.Message}";
        }

        return null;
    }
}
