using System.Collections.Frozen;

namespace Barnabas.Kernel;

/// <summary>Facts about <see cref="ErrorCode"/> that every client and broker of the protocol shares.</summary>
public static class ErrorCodes
{
    private static readonly FrozenSet<ErrorCode> Retriable = new[]
    {
        ErrorCode.CorruptMessage,
        ErrorCode.UnknownTopicOrPartition,
        ErrorCode.LeaderNotAvailable,
        ErrorCode.NotLeaderOrFollower,
        ErrorCode.RequestTimedOut,
        ErrorCode.ReplicaNotAvailable,
        ErrorCode.NetworkException,
        ErrorCode.CoordinatorLoadInProgress,
        ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotCoordinator,
        ErrorCode.NotEnoughReplicas,
        ErrorCode.NotEnoughReplicasAfterAppend,
        ErrorCode.NotController,
        ErrorCode.ConcurrentTransactions,
        ErrorCode.KafkaStorageError,
        ErrorCode.FetchSessionIdNotFound,
        ErrorCode.InvalidFetchSessionEpoch,
        ErrorCode.ListenerNotFound,
        ErrorCode.FencedLeaderEpoch,
        ErrorCode.UnknownLeaderEpoch,
        ErrorCode.OffsetNotAvailable,
        ErrorCode.PreferredLeaderNotAvailable,
        ErrorCode.EligibleLeadersNotAvailable,
        ErrorCode.ElectionNotNeeded,
        ErrorCode.UnstableOffsetCommit,
        ErrorCode.ThrottlingQuotaExceeded,
        ErrorCode.UnknownTopicId,
        ErrorCode.InconsistentTopicId,
        ErrorCode.FetchSessionTopicIdError,
        ErrorCode.ShareSessionNotFound,
        ErrorCode.InvalidShareSessionEpoch,
        ErrorCode.ShareSessionLimitReached,
    }.ToFrozenSet();

    /// <summary>True if the same request may succeed when it is sent again, possibly after new metadata.</summary>
    public static bool IsRetriable(this ErrorCode code) => Retriable.Contains(code);
}
