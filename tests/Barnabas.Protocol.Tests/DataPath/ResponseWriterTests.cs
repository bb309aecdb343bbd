using System.Text;
using Barnabas.Kernel;

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
    public void A_reply_to_a_commit_of_offsets_is_written_as_it_is_encoded() => Seeds.ForAll(seed =>
    {
        for (short version = OffsetCommitRequest.LowestVersion;
            version <= OffsetCommitRequest.HighestVersion;
            version++)
        {
            OffsetCommitRequest request = MessageFiller.Make<OffsetCommitRequest>(seed, version);
            List<ErrorCode> outcomes = [];
            OffsetCommitResponse response = Answer(request, outcomes, rest: ErrorCode.NotCoordinator);
            Assert.True(OffsetCommitRequestReader.TryOpen(request.ToBytes(version), 0, version, out var reader));
            ReplyBuffer buffer = new(16);
            OffsetCommitReply.Write(buffer, version, reader, outcomes.ToArray(), ErrorCode.NotCoordinator);
            Assert.Equal(response.ToBytes(version), buffer.Written.ToArray());
        }
    });

    [Fact]
    public void A_name_that_is_no_utf_8_comes_back_with_replacement_characters()
    {
        OffsetCommitRequest request = new() { Topics = [new() { Name = "a?b" }] };
        byte[] body = request.ToBytes(9);
        body[body.AsSpan().IndexOf("a?b"u8) + 1] = 0xFF;
        Assert.True(OffsetCommitRequestReader.TryOpen(body, 0, 9, out OffsetCommitRequestReader reader));
        ReplyBuffer buffer = new();
        OffsetCommitReply.Write(buffer, 9, reader, [], ErrorCode.None);
        OffsetCommitResponse response = new() { Topics = [new() { Name = "a\uFFFDb" }] };
        Assert.Equal(response.ToBytes(9), buffer.Written.ToArray());
    }

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

    /// <summary>Every other partition has an error of its own.</summary>
    private static OffsetCommitResponse Answer(OffsetCommitRequest request, List<ErrorCode> outcomes, ErrorCode rest)
    {
        OffsetCommitResponse response = new();
        foreach (OffsetCommitRequest.OffsetCommitRequestTopic topic in request.Topics)
        {
            OffsetCommitResponse.OffsetCommitResponseTopic answered =
                new() { Name = topic.Name, TopicId = topic.TopicId };
            response.Topics.Add(answered);
            foreach (OffsetCommitRequest.OffsetCommitRequestPartition partition in topic.Partitions)
            {
                ErrorCode own = outcomes.Count % 2 == 0 ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
                outcomes.Add(own);
                answered.Partitions.Add(new()
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = (short)(own == ErrorCode.None ? rest : own),
                });
            }
        }

        return response;
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
