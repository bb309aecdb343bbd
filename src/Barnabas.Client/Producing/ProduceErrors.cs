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

    /// <summary>
    /// After an attempt that ended so, the records may be in the log: no answer came, or one that a broker also gives
    /// when it fails behind the append (a leader that changed, replicas that did not follow in time).
    /// </summary>
    public static bool LeavesInDoubt(ErrorCode error) =>
        error.IsRetriable() || error is ErrorCode.NetworkException or ErrorCode.RequestTimedOut
            or ErrorCode.UnknownServerError;

    public static KafkaException Describe(ProducerBatch batch, BatchResult result) =>
        new(result.Error, $"producing to {batch.TopicPartition}: {WordsOf(result)}", IsFatal(result.Error))
        {
            MayHaveBeenWritten = batch.IsInDoubt,
        };

    /// <summary>The end of the producer as one of its batches sees it.</summary>
    public static KafkaException GivenUp(ProducerBatch batch, KafkaException cause) =>
        new(cause.ErrorCode, $"producing to {batch.TopicPartition}: {cause.Message}", cause.IsFatal, cause)
        {
            MayHaveBeenWritten = batch.IsInDoubt,
        };

    public static string WordsOf(BatchResult result) =>
        result.Message is { Length: > 0 } message ? message : $"{result.Error}";

    public static KafkaException Expired(ProducerBatch batch, TimeSpan timeout)
    {
        string sent = batch.IsInDoubt ? "sent, and may or may not have been written"
            : batch.Failures > 0 ? "refused each time"
            : "never sent";
        return new KafkaException(
            ErrorCode.RequestTimedOut,
            $"producing to {batch.TopicPartition}: {batch.RecordCount} record(s) not delivered within {timeout}; "
            + sent)
        {
            MayHaveBeenWritten = batch.IsInDoubt,
        };
    }
}
