using System.Text;

namespace Barnabas.Protocol.Tests;

/// <summary>Turns what the in-place readers show into the generated messages, for comparison.</summary>
internal static class Walks
{
    public static ProduceRequest Produce(ProduceRequestReader reader, ReadOnlyMemory<byte> frame)
    {
        ProduceRequest request = new()
        {
            TransactionalId = reader.HasTransactionalId ? Encoding.UTF8.GetString(reader.TransactionalId) : null,
            Acks = reader.Acks,
            TimeoutMs = reader.TimeoutMs,
        };
        while (reader.MoveNextTopic())
        {
            ProduceRequest.TopicProduceData topic = new()
            {
                Name = Encoding.UTF8.GetString(reader.TopicName),
                TopicId = reader.TopicId,
            };
            Assert.True(reader.PartitionCount >= 0);
            while (reader.MoveNextPartition())
            {
                ProduceRequest.PartitionProduceData partition = new() { Index = reader.PartitionIndex };
                if (reader.HasRecords)
                {
                    partition.Records = frame.Slice(reader.RecordsOffset, reader.RecordsLength);
                }

                topic.PartitionData.Add(partition);
            }

            Assert.Equal(reader.PartitionCount, topic.PartitionData.Count);
            request.TopicData.Add(topic);
        }

        Assert.Equal(reader.TopicCount, request.TopicData.Count);
        return request;
    }

    public static FetchRequest Fetch(FetchRequestReader reader, short version)
    {
        FetchRequest request = new()
        {
            ClusterId = reader.HasClusterId ? Encoding.UTF8.GetString(reader.ClusterId) : null,
            MaxWaitMs = reader.MaxWaitMs,
            MinBytes = reader.MinBytes,
            MaxBytes = reader.MaxBytes,
            IsolationLevel = reader.IsolationLevel,
            SessionId = reader.SessionId,
            SessionEpoch = reader.SessionEpoch,
            RackId = Encoding.UTF8.GetString(reader.RackId),
        };
        if (version < 15)
        {
            request.ReplicaId = reader.ReplicaId;
        }
        else
        {
            request.ReplicaState.ReplicaId = reader.ReplicaId;
            request.ReplicaState.ReplicaEpoch = reader.ReplicaEpoch;
        }

        AddTopics(request, ref reader);
        AddForgotten(request, ref reader);
        return request;
    }

    public static HeartbeatRequest Heartbeat(HeartbeatRequestReader reader) => new()
    {
        GroupId = Encoding.UTF8.GetString(reader.GroupId),
        GenerationId = reader.GenerationId,
        MemberId = Encoding.UTF8.GetString(reader.MemberId),
        GroupInstanceId = reader.HasGroupInstanceId ? Encoding.UTF8.GetString(reader.GroupInstanceId) : null,
    };

    public static OffsetCommitRequest Commit(OffsetCommitRequestReader reader)
    {
        OffsetCommitRequest request = new()
        {
            GroupId = Encoding.UTF8.GetString(reader.GroupId),
            GenerationIdOrMemberEpoch = reader.GenerationIdOrMemberEpoch,
            MemberId = Encoding.UTF8.GetString(reader.MemberId),
            GroupInstanceId = reader.HasGroupInstanceId ? Encoding.UTF8.GetString(reader.GroupInstanceId) : null,
            RetentionTimeMs = reader.RetentionTimeMs,
        };
        int partitions = 0;
        while (reader.MoveNextTopic())
        {
            OffsetCommitRequest.OffsetCommitRequestTopic topic = new()
            {
                Name = Encoding.UTF8.GetString(reader.TopicName),
                TopicId = reader.TopicId,
            };
            while (reader.MoveNextPartition())
            {
                partitions++;
                topic.Partitions.Add(new()
                {
                    PartitionIndex = reader.PartitionIndex,
                    CommittedOffset = reader.CommittedOffset,
                    CommittedLeaderEpoch = reader.CommittedLeaderEpoch,
                    CommittedMetadata = reader.HasCommittedMetadata
                        ? Encoding.UTF8.GetString(reader.CommittedMetadata)
                        : null,
                });
            }

            Assert.Equal(reader.PartitionCount, topic.Partitions.Count);
            request.Topics.Add(topic);
        }

        Assert.Equal(reader.TopicCount, request.Topics.Count);
        Assert.Equal(reader.PartitionTotal, partitions);
        return request;
    }

    private static void AddTopics(FetchRequest request, ref FetchRequestReader reader)
    {
        while (reader.MoveNextTopic())
        {
            FetchRequest.FetchTopic topic = new()
            {
                Topic = Encoding.UTF8.GetString(reader.TopicName),
                TopicId = reader.TopicId,
            };
            while (reader.MoveNextPartition())
            {
                FetchPartitionRequest partition = reader.Partition;
                topic.Partitions.Add(new()
                {
                    Partition = partition.Index,
                    CurrentLeaderEpoch = partition.CurrentLeaderEpoch,
                    FetchOffset = partition.FetchOffset,
                    LastFetchedEpoch = partition.LastFetchedEpoch,
                    LogStartOffset = partition.LogStartOffset,
                    PartitionMaxBytes = partition.MaxBytes,
                    ReplicaDirectoryId = partition.ReplicaDirectoryId,
                    HighWatermark = partition.HighWatermark,
                });
            }

            Assert.Equal(reader.PartitionCount, topic.Partitions.Count);
            request.Topics.Add(topic);
        }
    }

    private static void AddForgotten(FetchRequest request, ref FetchRequestReader reader)
    {
        while (reader.MoveNextForgottenTopic())
        {
            FetchRequest.ForgottenTopic topic = new()
            {
                Topic = Encoding.UTF8.GetString(reader.ForgottenTopicName),
                TopicId = reader.ForgottenTopicId,
            };
            while (reader.MoveNextForgottenPartition())
            {
                topic.Partitions.Add(reader.ForgottenPartition);
            }

            request.ForgottenTopicsData.Add(topic);
        }
    }
}
