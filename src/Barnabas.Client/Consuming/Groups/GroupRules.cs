using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>The classic group protocol's table of errors, as Kafka's own members follow it.</summary>
internal static class GroupRules
{
    public static GroupReaction On(ApiKey request, ErrorCode error) => (request, error) switch
    {
        (_, ErrorCode.None) => GroupReaction.Proceed,
        (_, ErrorCode.CoordinatorLoadInProgress) => GroupReaction.Repeat,
        (_, ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator) => GroupReaction.FindCoordinator,
        (_, ErrorCode.NetworkException or ErrorCode.RequestTimedOut) => GroupReaction.FindCoordinator,
        // Another process uses the same group.instance.id: going on would only fence that one in turn.
        (_, ErrorCode.FencedInstanceId) => GroupReaction.Fail,
        (_, ErrorCode.UnknownMemberId) => GroupReaction.RejoinAsNew,

        // KIP-394: the id comes in the answer, and the second try carries it.
        (ApiKey.JoinGroup, ErrorCode.MemberIdRequired) => GroupReaction.Rejoin,
        (ApiKey.JoinGroup, ErrorCode.RebalanceInProgress) => GroupReaction.Repeat,
        (ApiKey.JoinGroup, ErrorCode.IllegalGeneration) => GroupReaction.RejoinAsNew,

        (ApiKey.SyncGroup or ApiKey.Heartbeat or ApiKey.OffsetCommit, ErrorCode.RebalanceInProgress) =>
            GroupReaction.Rejoin,
        (ApiKey.SyncGroup or ApiKey.Heartbeat or ApiKey.OffsetCommit, ErrorCode.IllegalGeneration) =>
            GroupReaction.RejoinAsNew,

        // KIP-447: a transaction has offsets pending; they will be stable soon.
        (ApiKey.OffsetFetch, ErrorCode.UnstableOffsetCommit) => GroupReaction.Repeat,
        (ApiKey.OffsetCommit, ErrorCode.UnknownTopicOrPartition) => GroupReaction.Repeat,
        _ => GroupReaction.Fail,
    };
}
