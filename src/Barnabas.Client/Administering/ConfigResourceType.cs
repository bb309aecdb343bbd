namespace Barnabas.Client;

/// <summary>The kinds of <see cref="ConfigResource"/>, by their numbers on the wire.</summary>
public enum ConfigResourceType : sbyte
{
    /// <summary>A topic.</summary>
    Topic = 2,

    /// <summary>One broker, or all.</summary>
    Broker = 4,

    /// <summary>The log levels of one broker.</summary>
    BrokerLogger = 8,

    /// <summary>KIP-714: which metrics clients push.</summary>
    ClientMetrics = 16,

    /// <summary>A group.</summary>
    Group = 32,
}
