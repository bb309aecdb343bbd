using Barnabas.Configuration;
using Barnabas.Coordination;
using Barnabas.Kernel;

namespace Barnabas.Broker;

/// <summary>The coordinator's options from the node's configuration.</summary>
internal static class GroupSetup
{
    /// <param name="partitions">Of <c>__consumer_offsets</c>: a group's place in it depends on their number.</param>
    public static GroupCoordinatorOptions From(
        GroupSettings settings, int partitions, CompressionCodecs codecs) => new()
        {
            OffsetsTopicPartitions = partitions,
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
