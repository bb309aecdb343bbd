using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// Writes a Fetch reply, versions 4 to 18: heads into the output, records as regions of their files. Allocates nothing
/// but lists of aborted transactions.
/// </summary>
internal static class FetchReply
{
    private static readonly List<FetchResponse.AbortedTransaction> NoTransactions = [];

    /// <summary>Writes the body and hands each region on; the items no longer own them.</summary>
    public static void Write(
        OutputBuffer output,
        short version,
        ErrorCode error,
        int sessionId,
        FetchIsolation isolation,
        Span<FetchItem> items)
    {
        FetchResponseWriter writer = new(output.Bytes, version);
        writer.Begin(throttleTimeMs: 0, (short)error, sessionId, CountTopics(items));
        int at = NextShown(items, 0);
        while (at < items.Length)
        {
            int end = EndOfTopic(items, at, out int partitions);
            writer.BeginTopic(items[at].NameUtf8.Span, items[at].Key.TopicId, partitions);
            for (; at < end; at++)
            {
                if (!items[at].IsOmitted)
                {
                    WritePartition(output, ref writer, isolation, ref items[at]);
                }
            }

            at = NextShown(items, at);
        }

        writer.End();
    }

    private static void WritePartition(
        OutputBuffer output,
        ref FetchResponseWriter writer,
        FetchIsolation isolation,
        ref FetchItem item)
    {
        FetchPartitionResult result = Describe(isolation, in item);
        writer.BeginPartition(in result, item.Region.Count);
        if (item.Region.Count > 0)
        {
            output.AppendFile(item.Region);
            item.Region = default;
        }

        writer.EndPartition(in result);
    }

    private static FetchPartitionResult Describe(FetchIsolation isolation, in FetchItem item)
    {
        FetchPartitionResult result = new(item.Key.Partition, (short)item.Error, item.HighWatermark.Value)
        {
            LastStableOffset = item.LastStableOffset.Value,
            LogStartOffset = item.LogStartOffset.Value,
            // Null says "not asked for", an empty list "none". Apache Kafka gives the list too where there is no log.
            AbortedTransactions =
                item.Error is ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId
                || (isolation == FetchIsolation.Committed && item.Error == ErrorCode.None)
                    ? List(item.Aborted)
                    : null,
        };
        if (item.Diverging is { } diverging)
        {
            result = result with
            {
                DivergingEpoch = diverging.Epoch.Value,
                DivergingEndOffset = diverging.EndOffset.Value,
            };
        }

        if (item.Error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch
            && item.Partition is { } partition)
        {
            // Who leads instead, so that the client need not ask for metadata first (KIP-951).
            PartitionLeadership leadership = partition.Leadership;
            result = result with { LeaderId = leadership.Leader.Value, LeaderEpoch = leadership.Epoch.Value };
        }

        return result;
    }

    private static List<FetchResponse.AbortedTransaction> List(List<AbortedTransaction>? aborted)
    {
        if (aborted is null)
        {
            return NoTransactions;
        }

        List<FetchResponse.AbortedTransaction> list = new(aborted.Count);
        foreach (AbortedTransaction transaction in aborted)
        {
            list.Add(new()
            {
                ProducerId = transaction.ProducerId,
                FirstOffset = transaction.FirstOffset.Value,
            });
        }

        return list;
    }

    private static int CountTopics(ReadOnlySpan<FetchItem> items)
    {
        int topics = 0;
        int at = NextShown(items, 0);
        while (at < items.Length)
        {
            topics++;
            at = NextShown(items, EndOfTopic(items, at, out _));
        }

        return topics;
    }

    private static int NextShown(ReadOnlySpan<FetchItem> items, int at)
    {
        while (at < items.Length && items[at].IsOmitted)
        {
            at++;
        }

        return at;
    }

    /// <summary>Where the run of partitions of one topic ends, and how many of it are shown.</summary>
    private static int EndOfTopic(ReadOnlySpan<FetchItem> items, int start, out int shown)
    {
        shown = 0;
        int at = start;
        while (at < items.Length && IsSameTopic(in items[start], in items[at]))
        {
            shown += items[at].IsOmitted ? 0 : 1;
            at++;
        }

        return at;
    }

    private static bool IsSameTopic(in FetchItem left, in FetchItem right) =>
        left.Key.TopicId == right.Key.TopicId && left.Key.Topic == right.Key.Topic;
}
