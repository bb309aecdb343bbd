using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Records;
using Barnabas.Replication;

namespace Barnabas.Broker;

/// <summary>Writes a Produce reply, versions 3 to 13. Allocates nothing unless there is an error to explain.</summary>
internal static class ProduceReply
{
    public static void Write(OutputBuffer output, short version, ReadOnlySpan<ProduceItem> items)
    {
        ProduceResponseWriter writer = new(output.Bytes, version);
        writer.BeginTopics(CountTopics(items));
        int at = 0;
        while (at < items.Length)
        {
            int end = EndOfTopic(items, at);
            writer.BeginTopic(items[at].NameUtf8.Span, items[at].TopicId, end - at);
            for (; at < end; at++)
            {
                writer.WritePartition(Describe(in items[at]));
            }
        }

        writer.End(throttleTimeMs: 0);
    }

    private static ProducePartitionResult Describe(in ProduceItem item)
    {
        ProducePartitionResult result = new(item.Index, (short)item.Result.Error, item.Result.BaseOffset.Value)
        {
            LogAppendTimeMs = item.Result.LogAppendTime,
            LogStartOffset = item.Result.LogStartOffset.Value,
        };
        return item.Result.Error == ErrorCode.None ? result : Explain(result, in item);
    }

    /// <summary>Which records are to blame (KIP-467), and who leads instead (KIP-951).</summary>
    private static ProducePartitionResult Explain(ProducePartitionResult result, in ProduceItem item)
    {
        List<ProduceResponse.BatchIndexAndErrorMessage>? errors = null;
        foreach (RecordError error in item.Result.RecordErrors ?? [])
        {
            errors ??= [];
            errors.Add(new ProduceResponse.BatchIndexAndErrorMessage
            {
                BatchIndex = error.Index,
                BatchIndexErrorMessage = error.Message,
            });
        }

        result = result with { RecordErrors = errors, ErrorMessage = item.Result.Message };
        if (item.Result.Error == ErrorCode.NotLeaderOrFollower && item.Partition is { } partition)
        {
            PartitionLeadership leadership = partition.Leadership;
            result = result with { LeaderId = leadership.Leader.Value, LeaderEpoch = leadership.Epoch.Value };
        }

        return result;
    }

    private static int CountTopics(ReadOnlySpan<ProduceItem> items)
    {
        int topics = 0;
        for (int at = 0; at < items.Length; at = EndOfTopic(items, at))
        {
            topics++;
        }

        return topics;
    }

    private static int EndOfTopic(ReadOnlySpan<ProduceItem> items, int start)
    {
        int at = start;
        while (at < items.Length && items[at].Topic == items[start].Topic)
        {
            at++;
        }

        return at;
    }
}
