namespace Barnabas.Configuration;

/// <summary>The key tables of Kafka 4.4 and, in <see cref="Broker"/>, the keys of our own.</summary>
public static class ConfigTables
{
    public static ConfigTable Broker { get; } = new(
        "broker",
        NodeKeys.WithEffect,
        NodeKeys.WithoutEffect,
        NetworkKeys.WithEffect,
        NetworkKeys.WithoutEffect,
        QuorumKeys.WithEffect,
        QuorumKeys.WithoutEffect,
        LogKeys.WithEffect,
        LogKeys.WithoutEffect,
        CleanerKeys.WithoutEffect,
        ReplicationKeys.WithEffect,
        ReplicationKeys.WithoutEffect,
        GroupKeys.WithEffect,
        GroupKeys.WithoutEffect,
        ShareKeys.WithoutEffect,
        StreamsKeys.WithoutEffect,
        TransactionKeys.WithoutEffect,
        QuotaKeys.WithoutEffect,
        SecurityKeys.WithoutEffect,
        SaslKeys.WithoutEffect,
        TieringKeys.WithoutEffect,
        BarnabasKeys.WithEffect);

    public static ConfigTable Topic { get; } = new("topic", TopicKeys.WithEffect, TopicKeys.WithoutEffect);

    public static ConfigTable Group { get; } = new("group", GroupResourceKeys.WithoutEffect);
}
