using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// Produce (0): appends one batch to each partition, in place, on the thread that received it; of a partition that is
/// named twice only the last. Version 7 may carry zstd (KIP-110), version 8 explains which records are wrong
/// (KIP-467), version 10 names the new leader (KIP-951), version 13 names topics by id (KIP-516).
/// </summary>
internal sealed class ProduceHandler(
    LocalTopics topics,
    TimeProvider time,
    FlushBeforeAcknowledge flushes,
    TrafficCounters traffic) : RequestHandler
{
    private const short FirstWithTopicIds = 13;

    public override ApiKey Api => ApiKey.Produce;

    public override bool Handle(Request request, Span<byte> frame, int bodyStart)
    {
        if (!ProduceRequestReader.TryOpen(frame, bodyStart, request.Version, out ProduceRequestReader reader))
        {
            return false;
        }

        ProduceJob job = request.Workspace.Scratch<ProduceJobPool>().Rent();
        job.Open(request, traffic);
        job.Acks = reader.Acks;
        job.TimeoutMs = reader.TimeoutMs;
        Collect(job, ref reader, request.Version);
        // Without the id nobody can say whether the producer may write: then nothing of the request is appended.
        bool isUnowned = !reader.HasTransactionalId && HasTransactionalRecords(job.Items, frame);
        if (job.Items.Length > 1)
        {
            job.KeepLastOfEach(request.Workspace.Scratch<NamedPartitions>());
        }

        bool validAcks = reader.Acks is >= -1 and <= 1;
        long now = time.UnixMilliseconds;
        foreach (ref ProduceItem item in job.Items)
        {
            Span<byte> records = frame.Slice(item.RecordsOffset, item.RecordsLength);
            item.Result = isUnowned
                ? AppendResult.Refused(ErrorCode.TransactionalIdAuthorizationFailed, null)
                : validAcks
                    ? Append(in item, request.Version, reader.Acks, records, now)
                    : AppendResult.Refused(
                        ErrorCode.InvalidRequiredAcks, $"acks must be -1, 0 or 1, not {reader.Acks}.");
            traffic.OnProduced(in item, records);
            item.AwaitsFlush = item.Result.Error == ErrorCode.None && flushes.Request(item.Partition!);
        }

        job.Finish();
        return true;
    }

    private void Collect(ProduceJob job, ref ProduceRequestReader reader, short version)
    {
        int topicNumber = 0;
        while (reader.MoveNextTopic())
        {
            bool known = version >= FirstWithTopicIds
                ? topics.TryFind(reader.TopicId, out LocalTopic? topic)
                : topics.TryFind(reader.TopicName, out topic);
            // One copy for all its partitions: a long name and many partitions would multiply.
            ReadOnlyMemory<byte> name = known ? topic!.NameUtf8 : reader.TopicName.ToArray();
            while (reader.MoveNextPartition())
            {
                ref ProduceItem item = ref job.Add();
                item.Topic = topicNumber;
                item.TopicId = reader.TopicId;
                item.NameUtf8 = name;
                item.Index = reader.PartitionIndex;
                item.Partition = topic?.Find(reader.PartitionIndex);
                item.RecordsOffset = reader.RecordsOffset;
                item.RecordsLength = reader.RecordsLength;
                item.IsUnknownTopic = !known;
            }

            topicNumber++;
        }
    }

    private static bool HasTransactionalRecords(ReadOnlySpan<ProduceItem> items, ReadOnlySpan<byte> frame)
    {
        foreach (ref readonly ProduceItem item in items)
        {
            ReadOnlySpan<byte> records = frame.Slice(item.RecordsOffset, item.RecordsLength);
            if (RecordBatch.Probe(records, out _) == BatchFrame.Whole && new RecordBatch(records).IsTransactional)
            {
                return true;
            }
        }

        return false;
    }

    private static AppendResult Append(in ProduceItem item, short version, short acks, Span<byte> records, long now)
    {
        if (item.Partition is not { } partition)
        {
            return AppendResult.Refused(
                item.IsUnknownTopic && version >= FirstWithTopicIds
                    ? ErrorCode.UnknownTopicId
                    : ErrorCode.UnknownTopicOrPartition,
                null);
        }

        ErrorCode error = ProduceRecords.Check(records, version, out string? message);
        if (error != ErrorCode.None)
        {
            return AppendResult.Refused(error, message);
        }

        RecordBatch batch = new(records);
        if (batch.IsTransactional)
        {
            // No coordinator here opened the transaction, and a batch outside of one would never be decided.
            return AppendResult.Refused(ErrorCode.InvalidTxnState, "This broker does not coordinate transactions.");
        }

        if (InternalTopics.Contains(partition.Id.Topic))
        {
            return AppendResult.Refused(
                ErrorCode.InvalidTopicException, $"Clients cannot write to the internal topic {partition.Id.Topic}.");
        }

        AppendResult result = partition.AppendAsLeader(records, AppendOrigin.Client, needsMinInSync: acks == -1, now);
        return partition.IsRetired ? AppendResult.Refused(ErrorCode.UnknownTopicOrPartition, null) : result;
    }
}
