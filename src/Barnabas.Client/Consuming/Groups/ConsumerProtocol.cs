using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// What members of a consumer group tell each other through the coordinator, which only carries the bytes: a version,
/// then the message. They come from other processes and may be anything.
/// </summary>
internal static class ConsumerProtocol
{
    /// <summary>The name of this protocol in JoinGroup.</summary>
    public const string Type = "consumer";

    // Version 1 added owned partitions and 2 their generation, for cooperative assignors. Versions only append, so that
    // members of any age read them all.
    private const short SubscriptionVersion = 2;
    private const short AssignmentVersion = 0;

    /// <param name="owned">What a cooperative member has; nothing in the eager protocol.</param>
    /// <param name="generation">The generation in which it got that.</param>
    public static byte[] WriteSubscription(
        IReadOnlyCollection<string> topics,
        byte[]? userData,
        IReadOnlyCollection<TopicPartition> owned,
        int generation)
    {
        ConsumerProtocolSubscription subscription = new() { UserData = userData, GenerationId = generation };
        subscription.Topics.AddRange(topics);
        foreach (IGrouping<string, TopicPartition> topic in owned.GroupBy(static partition => partition.Topic))
        {
            ConsumerProtocolSubscription.TopicPartition one = new() { Topic = topic.Key };
            one.Partitions.AddRange(topic.Select(static partition => partition.Partition));
            subscription.OwnedPartitions.Add(one);
        }

        return Write(subscription, SubscriptionVersion);
    }

    public static byte[] WriteAssignment(IReadOnlyList<TopicPartition> partitions)
    {
        ConsumerProtocolAssignment assignment = new();
        Dictionary<string, ConsumerProtocolAssignment.TopicPartition> topics = new(StringComparer.Ordinal);
        foreach (TopicPartition partition in partitions)
        {
            if (!topics.TryGetValue(partition.Topic, out ConsumerProtocolAssignment.TopicPartition? topic))
            {
                topics.Add(partition.Topic, topic =
                    new ConsumerProtocolAssignment.TopicPartition { Topic = partition.Topic });
                assignment.AssignedPartitions.Add(topic);
            }

            topic.Partitions.Add(partition.Partition);
        }

        return Write(assignment, AssignmentVersion);
    }

    /// <exception cref="KafkaException">The bytes are no subscription.</exception>
    public static GroupMember ReadMember(string memberId, string? instanceId, byte[] metadata)
    {
        ConsumerProtocolSubscription subscription = Read<ConsumerProtocolSubscription>(metadata);
        return new GroupMember
        {
            MemberId = memberId,
            GroupInstanceId = instanceId,
            Topics = subscription.Topics,
            UserData = subscription.UserData,
            Owned =
            [
                .. subscription.OwnedPartitions.SelectMany(static topic => topic.Partitions.Select(
                    partition => new TopicPartition(topic.Topic, partition))),
            ],
            OwnedGeneration = subscription.GenerationId,
        };
    }

    /// <exception cref="KafkaException">The bytes are no assignment.</exception>
    public static List<TopicPartition> ReadAssignment(byte[] bytes)
    {
        List<TopicPartition> partitions = [];
        // A member that joined too late for the leader gets no bytes at all.
        if (bytes.Length == 0)
        {
            return partitions;
        }

        ConsumerProtocolAssignment assignment = Read<ConsumerProtocolAssignment>(bytes);
        foreach (ConsumerProtocolAssignment.TopicPartition topic in assignment.AssignedPartitions)
        {
            foreach (int partition in topic.Partitions)
            {
                partitions.Add(new TopicPartition(topic.Topic, partition));
            }
        }

        return partitions;
    }

    private static byte[] Write(IMessage message, short version)
    {
        byte[] bytes = new byte[sizeof(short) + message.Measure(version)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, version);
        KafkaWriter writer = new(bytes.AsSpan(sizeof(short)));
        message.Write(ref writer, version);
        return bytes;
    }

    private static TMessage Read<TMessage>(byte[] bytes)
        where TMessage : class, IMessage<TMessage>, new()
    {
        KafkaReader reader = new(bytes.AsMemory());
        // A newer member's message is read as the newest version known here: later versions only append.
        short version = Math.Min(reader.ReadInt16(), TMessage.Facts.HighestVersion);
        TMessage message = new();
        if (version >= 0)
        {
            message.Read(ref reader, version);
        }

        return version < 0 || reader.Failed
            ? throw new KafkaException(ErrorCode.CorruptMessage, $"a member of the group sent no {TMessage.Facts.Name}")
            : message;
    }
}
