using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>What errors of producing mean to the caller.</summary>
internal static class ProduceErrors
{
    /// <summary>The cluster has moved on; its leaders should be asked for again.</summary>
    public static bool InvalidatesMetadata(ErrorCode error) => error is ErrorCode.UnknownTopicOrPartition
        or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower or ErrorCode.ReplicaNotAvailable
        or ErrorCode.NetworkException or ErrorCode.KafkaStorageError or ErrorCode.ListenerNotFound
        or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownTopicId or ErrorCode.InconsistentTopicId
        or ErrorCode.BrokerNotAvailable;

    /// <summary>The producer as a whole cannot go on.</summary>
    public static bool IsFatal(ErrorCode error) => error is ErrorCode.ClusterAuthorizationFailed
        or ErrorCode.ProducerFenced or ErrorCode.UnsupportedVersion
        or ErrorCode.UnsupportedForMessageFormat or ErrorCode.TransactionalIdAuthorizationFailed;

    public static KafkaException Describe(TopicPartition partition, BatchResult result)
    {
        string words = result.Message is { Length: > 0 } message ? message : $"{result.Error}";
        return new KafkaException(result.Error, $"producing to {partition}: {words}", IsFatal(result.Error));
    }

    public static KafkaException Expired(ProducerBatch batch, TimeSpan timeout)
    {
        string sent = batch.HasSequence || batch.Failures > 0
            ? "it was sent, and may or may not have been written"
            : "it was never sent";
        return new KafkaException(
            ErrorCode.RequestTimedOut,
            $"producing to {batch.TopicPartition}: {batch.RecordCount} record(s) not delivered within {timeout}; "
            + sent);
    }
}
