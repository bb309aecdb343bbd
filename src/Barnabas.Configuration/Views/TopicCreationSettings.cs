namespace Barnabas.Configuration;

/// <summary>How topics come and go.</summary>
public sealed record TopicCreationSettings
{
    /// <summary>Whether asking for a topic that does not exist creates it.</summary>
    public required bool AutoCreate { get; init; }

    public required int PartitionCountDefault { get; init; }

    public required int ReplicationFactorDefault { get; init; }

    /// <summary>Whether topics may be deleted at all.</summary>
    public required bool DeletionAllowed { get; init; }

    public static TopicCreationSettings From(ConfigValues values) => new()
    {
        AutoCreate = LogKeys.AutoCreateTopicsEnable.In(values),
        PartitionCountDefault = LogKeys.NumPartitions.In(values),
        ReplicationFactorDefault = LogKeys.DefaultReplicationFactor.In(values),
        DeletionAllowed = LogKeys.DeleteTopicEnable.In(values),
    };
}
