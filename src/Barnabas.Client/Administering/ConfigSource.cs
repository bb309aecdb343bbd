namespace Barnabas.Client;

/// <summary>Where a config's value comes from, by its number on the wire.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>The broker is too old to say.</summary>
    Unknown = -1,

    /// <summary>Set on this topic.</summary>
    DynamicTopic = 1,

    /// <summary>Set on this broker while it ran.</summary>
    DynamicBroker = 2,

    /// <summary>Set for all brokers while they ran.</summary>
    DynamicDefaultBroker = 3,

    /// <summary>From the broker's file.</summary>
    StaticBroker = 4,

    /// <summary>Not set anywhere.</summary>
    Default = 5,

    /// <summary>A log level.</summary>
    DynamicBrokerLogger = 6,

    /// <summary>Set on these client metrics.</summary>
    ClientMetrics = 7,

    /// <summary>Set on this group.</summary>
    Group = 8,
}
