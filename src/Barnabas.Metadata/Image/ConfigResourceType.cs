namespace Barnabas.Metadata;

/// <summary>What a configuration belongs to. The numbers are those of the protocol.</summary>
public enum ConfigResourceType : byte
{
    Unknown = 0,
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}
