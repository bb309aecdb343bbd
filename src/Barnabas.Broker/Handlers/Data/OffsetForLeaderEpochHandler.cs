using Barnabas.Kernel;
using Barnabas.Protocol;
using Barnabas.Replication;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// OffsetForLeaderEpoch (23): where an epoch of a partition ended, so that a client or follower finds out whether its
/// log and the leader's have parted (KIP-101, KIP-279, KIP-320).
/// </summary>
internal sealed class OffsetForLeaderEpochHandler(LocalTopics topics) : MessageHandler<OffsetForLeaderEpochRequest>
{
    public override ApiKey Api => ApiKey.OffsetForLeaderEpoch;

    protected override void Handle(Request request, OffsetForLeaderEpochRequest message)
    {
        OffsetForLeaderEpochResponse response = new();
        foreach (OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic in message.Topics)
        {
            OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult told = new() { Topic = topic.Topic };
            response.Topics.Add(told);
            foreach (OffsetForLeaderEpochRequest.OffsetForLeaderPartition partition in topic.Partitions)
            {
                told.Partitions.Add(Find(topic.Topic, partition));
            }
        }

        request.Reply(response);
    }

    private OffsetForLeaderEpochResponse.EpochEndOffset Find(
        string topic,
        OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked)
    {
        OffsetForLeaderEpochResponse.EpochEndOffset told = new() { Partition = asked.Partition };
        if (topics.Find(new TopicPartition(topic, asked.Partition)) is not { } partition)
        {
            told.ErrorCode = (short)ErrorCode.UnknownTopicOrPartition;
            return told;
        }

        ErrorCode error = partition.CheckServing(new LeaderEpoch(asked.CurrentLeaderEpoch));
        if (error != ErrorCode.None)
        {
            told.ErrorCode = (short)error;
            return told;
        }

        EpochEndOffset end = partition.Log.EndOffsetForEpoch(new LeaderEpoch(asked.LeaderEpoch));
        told.LeaderEpoch = end.Epoch.Value;
        told.EndOffset = end.EndOffset.Value;
        return told;
    }
}
