using System.Text;
namespace Barnabas.Protocol.Tests;

/// <summary>The hand-written response writers against the generated encoders, byte for byte.</summary>
public sealed class ResponseWriterTests
{
    [Fact]
    public void A_produce_response_is_written_as_it_is_encoded() => Seeds.ForAll(seed =>
    {
        for (short version = ProduceResponse.LowestVersion; version <= ProduceResponse.HighestVersion; version++)
        {
            ProduceResponse response = MessageFiller.Make<ProduceResponse>(seed, version);
            ReplyBuffer buffer = new(16);
            Write(buffer, response, version);
            Assert.Equal(response.ToBytes(version), buffer.Written.ToArray());
        }
    });

    [Fact]
    public void A_fetch_response_is_written_as_it_is_encoded() => Seeds.ForAll(seed =>
    {
        for (short version = FetchResponse.LowestVersion; version <= FetchResponse.HighestVersion; version++)
        {
            FetchResponse response = MessageFiller.Make<FetchResponse>(seed, version);
            ReplyBuffer buffer = new(16);
            Write(buffer, response, version);
            Assert.Equal(response.ToBytes(version), buffer.Written.ToArray());
        }
    });

    [Fact]
    public void A_frame_carries_its_size_and_header()
    {
        ReplyBuffer buffer = new();
        int first = buffer.BeginFrame(correlationId: 7, responseHeaderVersion: 0);
        buffer.Append(new HeartbeatResponse(), 0);
        buffer.EndFrame(first);
        int second = buffer.BeginFrame(correlationId: 8, responseHeaderVersion: 1);
        buffer.EndFrame(second, bytesElsewhere: 1000);
        Assert.Equal(
            "00000006" + "00000007" + "0000" + "000003ED" + "00000008" + "00",
            Convert.ToHexString(buffer.Written.Span));
    }

    [Fact]
    public void Writing_again_into_a_grown_buffer_allocates_nothing()
    {
        byte[] name = "topic"u8.ToArray();
        ReplyBuffer buffer = new();
        WriteOne(buffer, name);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            WriteOne(buffer, name);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void WriteOne(ReplyBuffer buffer, byte[] name)
    {
        buffer.Reset();
        int start = buffer.BeginFrame(1, 1);
        ProduceResponseWriter writer = new(buffer, 12);
        writer.BeginTopics(1);
        writer.BeginTopic(name, default, 1);
        writer.WritePartition(new ProducePartitionResult(0, 0, 42));
        writer.End(0);
        buffer.EndFrame(start);
    }

    private static void Write(ReplyBuffer buffer, ProduceResponse response, short version)
    {
        ProduceResponseWriter writer = new(buffer, version);
        writer.BeginTopics(response.Responses.Count);
        foreach (ProduceResponse.TopicProduceResponse topic in response.Responses)
        {
            writer.BeginTopic(Encoding.UTF8.GetBytes(topic.Name), topic.TopicId, topic.PartitionResponses.Count);
            foreach (ProduceResponse.PartitionProduceResponse partition in topic.PartitionResponses)
            {
                writer.WritePartition(new(partition.Index, partition.ErrorCode, partition.BaseOffset)
                {
                    LogAppendTimeMs = partition.LogAppendTimeMs,
                    LogStartOffset = partition.LogStartOffset,
                    RecordErrors = partition.RecordErrors,
                    ErrorMessage = partition.ErrorMessage,
                    LeaderId = partition.CurrentLeader.LeaderId,
                    LeaderEpoch = partition.CurrentLeader.LeaderEpoch,
                });
            }
        }

        writer.End(response.ThrottleTimeMs, response.NodeEndpoints);
    }

    private static void Write(ReplyBuffer buffer, FetchResponse response, short version)
    {
        FetchResponseWriter writer = new(buffer, version);
        writer.Begin(response.ThrottleTimeMs, response.ErrorCode, response.SessionId, response.Responses.Count);
        foreach (FetchResponse.FetchableTopicResponse topic in response.Responses)
        {
            writer.BeginTopic(Encoding.UTF8.GetBytes(topic.Topic), topic.TopicId, topic.Partitions.Count);
            foreach (FetchResponse.PartitionData partition in topic.Partitions)
            {
                FetchPartitionResult result = Result(partition);
                writer.BeginPartition(result, partition.Records?.Length ?? -1);
                if (partition.Records is { } records)
                {
                    records.Span.CopyTo(buffer.Reserve(records.Length));
                }

                writer.EndPartition(result);
            }
        }

        writer.End(response.NodeEndpoints);
    }

    private static FetchPartitionResult Result(FetchResponse.PartitionData partition) =>
        new(partition.PartitionIndex, partition.ErrorCode, partition.HighWatermark)
        {
            LastStableOffset = partition.LastStableOffset,
            LogStartOffset = partition.LogStartOffset,
            DivergingEpoch = partition.DivergingEpoch.Epoch,
            DivergingEndOffset = partition.DivergingEpoch.EndOffset,
            LeaderId = partition.CurrentLeader.LeaderId,
            LeaderEpoch = partition.CurrentLeader.LeaderEpoch,
            SnapshotEndOffset = partition.SnapshotId.EndOffset,
            SnapshotEpoch = partition.SnapshotId.Epoch,
            AbortedTransactions = partition.AbortedTransactions,
            PreferredReadReplica = partition.PreferredReadReplica,
        };
}
