namespace Barnabas.Configuration;

/// <summary>Whether a broker key may change while the node runs (KIP-226).</summary>
public enum DynamicMode
{
    /// <summary>
    /// Only in the file, read at start. Topic and group keys carry this too: it has no meaning for them.
    /// </summary>
    ReadOnly,

    /// <summary>For all brokers at once, or for one.</summary>
    ClusterWide,

    /// <summary>
    /// For one broker, because its value names something local (an address, a key store, a directory).
    /// </summary>
    PerBroker,
}
