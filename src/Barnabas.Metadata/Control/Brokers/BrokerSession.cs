using Barnabas.Kernel;

namespace Barnabas.Metadata;

/// <summary>What the controller remembers of a broker's heartbeats. Not in the log: a new controller starts
/// afresh.</summary>
internal sealed class BrokerSession
{
    /// <summary>The registration the heartbeats belong to.</summary>
    public required long BrokerEpoch { get; init; }

    /// <summary>Null until the first heartbeat: a broker that only registered holds no session.</summary>
    public MonotonicTime? LastContact { get; set; }

    /// <summary>How far the broker has replayed the metadata log, as it said last.</summary>
    public long MetadataOffset { get; set; } = -1;

    /// <summary>The offset all active brokers must reach before the broker may leave; -1 if it does not
    /// leave.</summary>
    public long ControlledShutdownOffset { get; set; } = -1;
}
