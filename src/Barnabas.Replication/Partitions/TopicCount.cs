namespace Barnabas.Replication;

/// <summary>What is counted of the traffic of a topic.</summary>
public enum TopicCount
{
    MessagesIn,
    BytesIn,
    BytesOut,

    /// <summary>Bytes of batches that were too large.</summary>
    BytesRejected,

    /// <summary>Produces, one for each partition of a request.</summary>
    Produces,

    /// <summary>Of those, what failed for no reason that a client must expect.</summary>
    FailedProduces,

    /// <summary>Fetches, one for each partition of an answer.</summary>
    Fetches,

    /// <summary>Of those, what failed for no reason that a client must expect.</summary>
    FailedFetches,
}
