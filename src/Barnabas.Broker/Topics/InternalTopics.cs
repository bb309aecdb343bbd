namespace Barnabas.Broker;

/// <summary>The topics that brokers keep their own state in.</summary>
internal static class InternalTopics
{
    public const string ConsumerOffsets = "__consumer_offsets";

    public const string TransactionState = "__transaction_state";

    public const string ShareGroupState = "__share_group_state";

    public const string ClusterMetadata = "__cluster_metadata";

    /// <summary>True for topics that listings mark as internal.</summary>
    public static bool Contains(string topic) => topic is ConsumerOffsets or TransactionState or ShareGroupState;
}
