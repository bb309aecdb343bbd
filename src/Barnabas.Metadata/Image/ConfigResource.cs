namespace Barnabas.Metadata;

/// <summary>
/// What a configuration belongs to. A broker's name is its id; the empty name stands for all brokers (the cluster's
/// default).
/// </summary>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name) : IComparable<ConfigResource>
{
    /// <summary>The dynamic default of all brokers.</summary>
    public static ConfigResource AllBrokers => new(ConfigResourceType.Broker, "");

    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    public int CompareTo(ConfigResource other)
    {
        int byType = Type.CompareTo(other.Type);
        return byType != 0 ? byType : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary>As Kafka writes it in messages of errors.</summary>
    public override string ToString() => $"ConfigResource(type={Type switch
    {
        ConfigResourceType.Topic => "TOPIC",
        ConfigResourceType.Broker => "BROKER",
        ConfigResourceType.BrokerLogger => "BROKER_LOGGER",
        ConfigResourceType.ClientMetrics => "CLIENT_METRICS",
        ConfigResourceType.Group => "GROUP",
        _ => "UNKNOWN",
    }}, name='{Name}')";
}
