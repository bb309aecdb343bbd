using Barnabas.Configuration;
using Barnabas.Coordination;
using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>The coordinator's options from the node's configuration.</summary>
internal static class GroupSetup
{
    public static GroupCoordinatorOptions From(GroupSettings settings, CompressionCodecs codecs) => new()
    {
        OffsetsTopicPartitions = settings.OffsetsTopicPartitionCount,
        MinSessionTimeoutMs = (int)settings.SessionTimeoutMin.TotalMilliseconds,
        MaxSessionTimeoutMs = (int)settings.SessionTimeoutMax.TotalMilliseconds,
        InitialRebalanceDelayMs = (int)settings.InitialRebalanceDelay.TotalMilliseconds,
        GroupMaxSize = settings.GroupSizeMax,
        OffsetMetadataBytesMax = settings.OffsetMetadataBytesMax,
        OffsetsRetention = settings.OffsetsRetention,
        OffsetsRetentionCheckInterval = settings.OffsetsRetentionCheckInterval,
        OffsetsCommitTimeout = settings.CommitTimeout,
        OffsetsLoadBufferBytesMax = settings.LoadBufferBytes,
        Codecs = codecs,
    };
}
