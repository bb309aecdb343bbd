using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>A request that has been handed to a connection and waits for its answer.</summary>
internal abstract class PendingRequest(ApiKeyFacts api, short version, MonotonicTime deadline)
{
    public ApiKeyFacts Api { get; } = api;

    public short Version { get; } = version;

    public MonotonicTime Deadline { get; } = deadline;

    public int CorrelationId { get; set; }

    /// <summary>Decodes the answer behind its header and tells it. False if it does not parse.</summary>
    public abstract bool TryComplete(ref KafkaReader body);

    /// <summary>There is no answer, and none is expected (acks=0).</summary>
    public abstract void CompleteEmpty();

    public abstract void Fail(KafkaException error);
}
