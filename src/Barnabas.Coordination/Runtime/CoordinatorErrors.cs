using Barnabas.Kernel;

namespace Barnabas.Coordination;

/// <summary>
/// Turns what a log says into what a client of a coordinator understands. A client knows to look for the coordinator
/// again on <see cref="ErrorCode.NotCoordinator"/> and to wait on <see cref="ErrorCode.CoordinatorNotAvailable"/>; the
/// partition's own errors would tell it nothing.
/// </summary>
internal static class CoordinatorErrors
{
    public static ErrorCode FromLog(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotEnoughReplicas => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotEnoughReplicasAfterAppend => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.RequestTimedOut => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower => ErrorCode.NotCoordinator,
        ErrorCode.FencedLeaderEpoch => ErrorCode.NotCoordinator,
        ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        ErrorCode.MessageTooLarge => ErrorCode.UnknownServerError,
        ErrorCode.RecordListTooLarge => ErrorCode.UnknownServerError,
        ErrorCode.InvalidFetchSize => ErrorCode.UnknownServerError,
        _ => error,
    };
}
