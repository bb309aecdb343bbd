namespace Barnabas.Replication;

/// <summary>How far a reader may see.</summary>
public enum FetchIsolation
{
    /// <summary>Consumers: up to the high watermark.</summary>
    HighWatermark,

    /// <summary>Consumers with <c>isolation.level=read_committed</c>: up to the last stable offset.</summary>
    Committed,

    /// <summary>Replicas: everything.</summary>
    LogEnd,
}
