namespace Barnabas.Client;

/// <summary>
/// Why a connection exists. A broker answers one connection's requests in their order, so a heartbeat behind a fetch
/// that waits for data, or a join that waits for the group, would come too late on the same one.
/// </summary>
internal enum ConnectionPurpose
{
    /// <summary>Metadata, produce, fetch, admin.</summary>
    Data,

    /// <summary>Everything about the consumer's group.</summary>
    Coordination,
}
