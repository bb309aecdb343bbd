using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// ListOffsets (2): offsets by time, and the ends of a log by negative times (see <see cref="SearchedTimestamp"/>).
/// Version 4 checks and tells leader epochs (KIP-320), version 7 finds the largest timestamp (KIP-734).
/// </summary>
internal sealed class ListOffsetsHandler(LocalTopics topics, IMailbox coldReads) : MessageHandler<ListOffsetsRequest>
{
    private const int Consumer = -1;
    private const int Debugger = -2;
    private const sbyte ReadCommitted = 1;

    public override ApiKey Api => ApiKey.ListOffsets;

    protected override void Handle(Request request, ListOffsetsRequest message)
    {
        if (message.Topics.Exists(static topic => topic.Partitions.Exists(static asked => Searches(asked.Timestamp))))
        {
            // A search by time reads segments: that may wait for the device, which a reactor must not.
            coldReads.Post(new Search(this, request, message));
        }
        else
        {
            request.Reply(Answer(request.Version, message));
        }
    }

    private static bool Searches(long timestamp) => timestamp is >= 0 or SearchedTimestamp.Max;

    private ListOffsetsResponse Answer(short version, ListOffsetsRequest message)
    {
        ListOffsetsResponse response = new();
        HashSet<TopicPartition> seen = [];
        HashSet<TopicPartition> repeated = [];
        foreach (ListOffsetsRequest.ListOffsetsTopic topic in message.Topics)
        {
            foreach (ListOffsetsRequest.ListOffsetsPartition partition in topic.Partitions)
            {
                TopicPartition id = new(topic.Name, partition.PartitionIndex);
                if (!seen.Add(id))
                {
                    repeated.Add(id);
                }
            }
        }

        // What is named twice is refused, and answered once.
        Dictionary<string, ListOffsetsResponse.ListOffsetsTopicResponse> answers = new(StringComparer.Ordinal);
        foreach (ListOffsetsRequest.ListOffsetsTopic topic in message.Topics)
        {
            if (!answers.TryGetValue(topic.Name, out ListOffsetsResponse.ListOffsetsTopicResponse? told))
            {
                told = answers[topic.Name] = new() { Name = topic.Name };
                response.Topics.Add(told);
            }

            foreach (ListOffsetsRequest.ListOffsetsPartition partition in topic.Partitions)
            {
                TopicPartition id = new(topic.Name, partition.PartitionIndex);
                if (!repeated.Contains(id))
                {
                    told.Partitions.Add(Find(version, message, topic.Name, partition));
                }
                else if (seen.Remove(id))
                {
                    told.Partitions.Add(Refuse(partition.PartitionIndex, ErrorCode.InvalidRequest));
                }
            }
        }

        return response;
    }

    private ListOffsetsResponse.ListOffsetsPartitionResponse Find(
        short version,
        ListOffsetsRequest message,
        string topic,
        ListOffsetsRequest.ListOffsetsPartition asked)
    {
        if (asked.Timestamp < 0 && !IsKnown(asked.Timestamp, version))
        {
            return Refuse(asked.PartitionIndex, ErrorCode.UnsupportedVersion);
        }

        if (topics.Find(new TopicPartition(topic, asked.PartitionIndex)) is not { } partition)
        {
            return Refuse(asked.PartitionIndex, ErrorCode.UnknownTopicOrPartition);
        }

        ErrorCode error = partition.CheckServing(new LeaderEpoch(asked.CurrentLeaderEpoch));
        if (error == ErrorCode.NotLeaderOrFollower && message.ReplicaId == Debugger)
        {
            // A debugger asks whoever holds a replica.
            error = ErrorCode.None;
        }

        if (error != ErrorCode.None)
        {
            return Refuse(asked.PartitionIndex, error);
        }

        if (asked.Timestamp == SearchedTimestamp.Latest)
        {
            Offset end = message.ReplicaId != Consumer
                ? partition.Log.LogEndOffset
                : message.IsolationLevel == ReadCommitted
                    ? partition.Log.LastStableOffset
                    : partition.Log.HighWatermark;
            TimestampOffset latest = new(ErrorCode.None, -1, end, partition.Leadership.Epoch);
            return Tell(version, asked.PartitionIndex, latest);
        }

        TimestampOffset found = partition.Log.FindOffsetByTimestamp(asked.Timestamp);
        if (found.Error != ErrorCode.None)
        {
            return Refuse(asked.PartitionIndex, found.Error);
        }

        // A record that consumers cannot read yet is not found; the log's start always is.
        bool visible = asked.Timestamp is SearchedTimestamp.Earliest or SearchedTimestamp.EarliestLocal
            || message.ReplicaId != Consumer
            || found.Offset < partition.ReadLimit(
                message.IsolationLevel == ReadCommitted ? FetchIsolation.Committed : FetchIsolation.HighWatermark);
        return Tell(version, asked.PartitionIndex, visible ? found : TimestampOffset.None);
    }

    /// <summary>Each special time came with a version of its own.</summary>
    private static bool IsKnown(long timestamp, short version) => timestamp switch
    {
        SearchedTimestamp.Latest or SearchedTimestamp.Earliest => true,
        SearchedTimestamp.Max => version >= 7,
        SearchedTimestamp.EarliestLocal => version >= 8,
        SearchedTimestamp.LatestTiered => version >= 9,
        SearchedTimestamp.EarliestPendingUpload => version >= 11,
        _ => false,
    };

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Tell(
        short version,
        int partition,
        TimestampOffset found) =>
        new()
        {
            PartitionIndex = partition,
            Timestamp = found.Timestamp,
            Offset = found.Offset.Value,
            LeaderEpoch = version >= 4 ? found.LeaderEpoch.Value : -1,
        };

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Refuse(int partition, ErrorCode error) => new()
    {
        PartitionIndex = partition,
        ErrorCode = (short)error,
    };

    private sealed class Search(ListOffsetsHandler handler, Request request, ListOffsetsRequest message) : WorkItem
    {
        public override void Run() => request.ReplyFromAnywhere(handler.Answer(request.Version, message));
    }
}
