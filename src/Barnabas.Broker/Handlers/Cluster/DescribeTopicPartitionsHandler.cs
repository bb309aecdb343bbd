using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Broker;

/// <summary>
/// DescribeTopicPartitions (75): partitions with eligible leader replicas, page by page in the order of topic names
/// (KIP-966). No topics named means all topics.
/// </summary>
internal sealed class DescribeTopicPartitionsHandler(ClusterView cluster, int partitionLimitMax)
    : MessageHandler<DescribeTopicPartitionsRequest>
{
    public override ApiKey Api => ApiKey.DescribeTopicPartitions;

    protected override void Handle(Request request, DescribeTopicPartitionsRequest message)
    {
        MetadataImage image = cluster.Image;
        if (message.Cursor is { } start && (start.PartitionIndex < 0 || !IsAskedFor(start.TopicName, message)))
        {
            Refuse(request, message);
            return;
        }

        DescribeTopicPartitionsResponse response = new();
        int left = Math.Max(1, Math.Min(partitionLimitMax, message.ResponsePartitionLimit));
        foreach (string name in NamesFromCursor(image, message))
        {
            int from = message.Cursor is { } cursor && cursor.TopicName == name ? cursor.PartitionIndex : 0;
            if (!image.Topics.TryGet(name, out TopicImage? topic))
            {
                response.Topics.Add(Unknown(name));
                continue;
            }

            if (left == 0)
            {
                response.NextCursor = At(name, from);
                break;
            }

            int next = AddTopic(request, image, topic, from, ref left, response);
            if (next < topic.PartitionLimit)
            {
                response.NextCursor = At(name, next);
                break;
            }
        }

        request.Reply(response);
    }

    private static bool IsAskedFor(string name, DescribeTopicPartitionsRequest message) =>
        message.Topics.Count == 0 || message.Topics.Exists(topic => topic.Name == name);

    private static IEnumerable<string> NamesFromCursor(MetadataImage image, DescribeTopicPartitionsRequest message)
    {
        IEnumerable<string> names = message.Topics.Count == 0
            ? image.Topics.SortedByName().Select(static topic => topic.Name)
            : message.Topics.Select(static topic => topic.Name)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal);
        return message.Cursor is { } cursor
            ? names.Where(name => string.CompareOrdinal(name, cursor.TopicName) >= 0)
            : names;
    }

    private static int AddTopic(
        Request request,
        MetadataImage image,
        TopicImage topic,
        int from,
        ref int left,
        DescribeTopicPartitionsResponse response)
    {
        DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic described = new()
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = InternalTopics.Contains(topic.Name),
            TopicAuthorizedOperations = AuthorizedOperations.Topic,
        };
        response.Topics.Add(described);
        int number = from;
        for (; number < topic.PartitionLimit && left > 0; number++)
        {
            if (topic.TryGetPartition(number, out PartitionImage? partition))
            {
                described.Partitions.Add(Describe(request.Connection.ListenerName, image, number, partition));
                left--;
            }
        }

        return number;
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition Describe(
        string listenerName,
        MetadataImage image,
        int number,
        PartitionImage partition)
    {
        (ErrorCode error, int leader) = TopicDescriptions.Leader(image, partition, listenerName, listenerErrors: true);
        return new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition
        {
            ErrorCode = (short)error,
            PartitionIndex = number,
            LeaderId = leader,
            LeaderEpoch = partition.LeaderEpoch.Value,
            ReplicaNodes = TopicDescriptions.Ids(partition.Replicas),
            IsrNodes = TopicDescriptions.Ids(partition.Isr),
            EligibleLeaderReplicas = TopicDescriptions.Ids(partition.Elr),
            LastKnownElr = TopicDescriptions.Ids(partition.LastKnownElr),
            OfflineReplicas = TopicDescriptions.Offline(image, partition, listenerName),
        };
    }

    private static void Refuse(Request request, DescribeTopicPartitionsRequest message)
    {
        DescribeTopicPartitionsResponse response = new();
        foreach (DescribeTopicPartitionsRequest.TopicRequest topic in message.Topics)
        {
            response.Topics.Add(new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
            {
                ErrorCode = (short)ErrorCode.InvalidRequest,
                Name = topic.Name,
            });
        }

        request.Reply(response);
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Unknown(string name) => new()
    {
        ErrorCode = (short)(TopicName.Problem(name) is null
            ? ErrorCode.UnknownTopicOrPartition
            : ErrorCode.InvalidTopicException),
        Name = name,
        IsInternal = InternalTopics.Contains(name),
        TopicAuthorizedOperations = AuthorizedOperations.Topic,
    };

    private static DescribeTopicPartitionsResponse.Cursor At(string topic, int partition) => new()
    {
        TopicName = topic,
        PartitionIndex = partition,
    };
}
