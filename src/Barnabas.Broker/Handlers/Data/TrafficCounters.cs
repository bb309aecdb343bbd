using Barnabas.Kernel;
using Barnabas.Replication;

namespace Barnabas.Broker;

/// <summary>The traffic of a node, and who waits in it.</summary>
public sealed class TrafficCounters
{
    public TopicCounters AllTopics { get; } = new();

    public Counter ProducesParked { get; } = new();

    /// <summary>Answered or given up; never more than were parked.</summary>
    public Counter ProducesReleased { get; } = new();

    public Counter FetchesParked { get; } = new();

    /// <summary>Answered or given up; never more than were parked.</summary>
    public Counter FetchesReleased { get; } = new();

    /// <summary>One batch for one partition, and what became of it.</summary>
    internal void OnProduced(in ProduceItem item, Span<byte> records)
    {
        TopicCounters? topic = item.Partition?.Topic?.Counters;
        Add(topic, TopicCount.Produces, 1);
        switch (item.Result.Error)
        {
            case ErrorCode.None:
                Add(topic, TopicCount.MessagesIn, new Records.RecordBatch(records).RecordCount);
                Add(topic, TopicCount.BytesIn, records.Length);
                break;
            case ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge:
                Add(topic, TopicCount.BytesRejected, records.Length);
                break;
            case ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId or ErrorCode.NotLeaderOrFollower
                or ErrorCode.CorruptMessage or ErrorCode.KafkaStorageError or ErrorCode.InvalidTopicException:
                // As in Kafka: the first number to look at must not rise with what clients do wrong or disks do.
                break;
            default:
                Add(topic, TopicCount.FailedProduces, 1);
                break;
        }
    }

    /// <summary>What an answer tells of its partitions.</summary>
    internal void OnFetched(ReadOnlySpan<FetchItem> items)
    {
        long bytes = 0;
        foreach (ref readonly FetchItem item in items)
        {
            TopicCounters? topic = item.Partition?.Topic?.Counters;
            topic?.Add(TopicCount.Fetches, 1);
            if (item.Region.Count > 0)
            {
                bytes += item.Region.Count;
                topic?.Add(TopicCount.BytesOut, item.Region.Count);
            }

            if (!IsExpected(item.Error))
            {
                Add(topic, TopicCount.FailedFetches, 1);
            }
        }

        AllTopics.Add(TopicCount.Fetches, items.Length);
        AllTopics.Add(TopicCount.BytesOut, bytes);
    }

    private static bool IsExpected(ErrorCode error) => error is ErrorCode.None
        or ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId or ErrorCode.InconsistentTopicId
        or ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch
        or ErrorCode.OffsetOutOfRange or ErrorCode.KafkaStorageError;

    private void Add(TopicCounters? topic, TopicCount what, long amount)
    {
        topic?.Add(what, amount);
        AllTopics.Add(what, amount);
    }
}
