using System.Text;
using System.Text.Unicode;
using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// Writes an OffsetCommit response (versions 2 to 10) without building it first; byte for byte what the generated
/// <see cref="OffsetCommitResponse"/> writes. It repeats the topics and partitions of its request.
/// </summary>
public static class OffsetCommitReply
{
    private const short FirstWithThrottleTime = 3;
    private const short FirstFlexible = 8;
    private const short FirstWithTopicId = 10;

    /// <param name="request">As it was opened; its version is <paramref name="version"/> too.</param>
    /// <param name="outcomes">For each partition of the request, in its order.</param>
    /// <param name="rest">The outcome of those that have no error of their own.</param>
    public static void Write(
        ReplyBuffer buffer,
        short version,
        OffsetCommitRequestReader request,
        ReadOnlySpan<ErrorCode> outcomes,
        ErrorCode rest)
    {
        KafkaWriter measuring = KafkaWriter.Measuring();
        Write(ref measuring, version, request, outcomes, rest);
        KafkaWriter writer = new(buffer.Reserve(measuring.Position));
        Write(ref writer, version, request, outcomes, rest);
    }

    private static void Write(
        ref KafkaWriter writer,
        short version,
        OffsetCommitRequestReader request,
        ReadOnlySpan<ErrorCode> outcomes,
        ErrorCode rest)
    {
        bool compact = version >= FirstFlexible;
        if (version >= FirstWithThrottleTime)
        {
            writer.WriteInt32(0);
        }

        writer.WriteCount(request.TopicCount, compact);
        int at = 0;
        while (request.MoveNextTopic())
        {
            WriteTopic(ref writer, version, request);
            writer.WriteCount(request.PartitionCount, compact);
            while (request.MoveNextPartition())
            {
                ErrorCode outcome = outcomes[at++];
                writer.WriteInt32(request.PartitionIndex);
                writer.WriteInt16((short)(outcome == ErrorCode.None ? rest : outcome));
                EndStruct(ref writer, compact);
            }

            EndStruct(ref writer, compact);
        }

        EndStruct(ref writer, compact);
    }

    private static void WriteTopic(ref KafkaWriter writer, short version, OffsetCommitRequestReader request)
    {
        if (version >= FirstWithTopicId)
        {
            writer.WriteUuid(request.TopicId);
            return;
        }

        // A name that is no UTF-8 comes back as Apache Kafka has understood it, with replacement characters.
        ReadOnlySpan<byte> name = request.TopicName;
        writer.WriteString(
            Utf8.IsValid(name) ? name : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(name)),
            compact: version >= FirstFlexible);
    }

    private static void EndStruct(ref KafkaWriter writer, bool compact)
    {
        if (compact)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}
