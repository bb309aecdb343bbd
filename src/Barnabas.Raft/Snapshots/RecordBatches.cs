using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;

namespace Barnabas.Raft;

/// <summary>Hands the records of one batch, of the log or of a snapshot, to who wants them.</summary>
public static class RecordBatches
{
    /// <summary>
    /// Reads a whole batch. Throws <see cref="SnapshotDamagedException"/> if it is damaged or not of the kind that a
    /// quorum
    /// writes. Gives the type of its last control record, if it is a control batch.
    /// </summary>
    public static ControlRecordType? Read(RecordBatch batch, IRecordSink sink)
    {
        if (batch.IsLegacy || batch.Compression != CompressionType.None || !batch.IsCrcValid())
        {
            throw new SnapshotDamagedException($"The batch at offset {batch.BaseOffset} is damaged.");
        }

        ControlRecordType? last = null;
        var reader = new RecordReader(batch);
        while (reader.MoveNext())
        {
            Record record = reader.Current;
            if (batch.IsControl)
            {
                last = ReadControl(record, sink);
            }
            else
            {
                sink.OnRecord(record.Offset.Value, record.Value.Span);
            }
        }

        return reader.Fault == RecordFault.None
            ? last
            : throw new SnapshotDamagedException($"The batch at offset {batch.BaseOffset} is damaged: {reader.Fault}.");
    }

    private static ControlRecordType ReadControl(Record record, IRecordSink sink)
    {
        if (!ControlRecord.TryReadKey(record.Key.Span, out ControlRecordType type))
        {
            throw new SnapshotDamagedException($"The control record at offset {record.Offset} has no type.");
        }

        switch (type)
        {
            case ControlRecordType.SnapshotHeader:
                sink.OnHeader(Decode<SnapshotHeaderRecord>(record));
                break;
            case ControlRecordType.KRaftVersion:
                sink.OnKRaftVersion(Decode<KRaftVersionRecord>(record).KRaftVersion);
                break;
            case ControlRecordType.KRaftVoters:
                sink.OnVoters(VoterSet.FromRecord(Decode<VotersRecord>(record)));
                break;
        }

        return type;
    }

    private static T Decode<T>(Record record)
        where T : class, IMessage<T>, new() =>
        MessageBytes.TryRead(record.Value.Span.ToArray(), 0, out T? message)
            ? message
            : throw new SnapshotDamagedException($"The control record at offset {record.Offset} cannot be read.");
}
